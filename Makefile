# Everything a person types; the work is done by `python -m offline <command>`.
#
#   STACK=year1      the stack (a file in stacks/)
#   ENGINE=          offline or official; empty takes an official engine where there is one
#   PROGRAM=         another Pulumi program's folder, for up, preview, refresh and down
#   YES=1            answers the question of `down`
#   ARGS=            more arguments for kubectl, pytest or pulumi
#   DOMAIN= STORES=  a parked domain and its stores, all of them by name, for discard
#   FROM= TO=        two stacks, for diff and steps
#   PATHS=           YAML files, folders or stack exports, for audit
#   CORPUS=          a folder of labelled systems, for accuracy

.DEFAULT_GOAL := help
SHELL := /bin/sh
# The first interpreter that is new enough; PYTHON=... names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; done; echo python3)
STACK ?= year1
export STACK ENGINE PROGRAM YES ARGS DOMAIN STORES
unexport PYTHONPATH PYTHONHOME
# A plain command, so that make starts it without a shell between: a signal to make reaches it.
offline = @$(PYTHON) -m offline

FROM ?= year1
TO ?= year2
PAGES := .state/pages

.PHONY: help up preview refresh down discard walk mutants rule-mutants bench cluster cluster-down kubectl env engine policies show diagram diff steps audit accuracy \
	ci-policy policy-test test-servers check test clean

help: ## say what each target does
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' Makefile | sed 's|[$$][$$](|$$(|' | while read -r target text; do printf '%-14s%s\n' "$$target" "$$text"; done

up: ## bring a stack up (STACK=year1) and show what runs where
	$(offline) up

preview: ## show what `up` would change, with the policy packs (STACK, PROGRAM)
	$(offline) preview

refresh: ## read the cluster into the state, to see drift (STACK)
	$(offline) refresh

down: ## empty a stack of the embedded cluster: lists what will be lost, asks (STACK, YES=1)
	$(offline) down

discard: ## let a parked domain's stores go, data and all, after they are named (STACK, DOMAIN, STORES)
	$(offline) discard

walk: ## take a stack from year 1 to year 3 and back on a cluster of its own, a line a step
	$(offline) python -m pytest tests/engine/test_walk.py --capture=no --quiet $(ARGS)

mutants: ## rewire one reference of a live stack at random, 1,400 times: whatever shares must be refused
	$(offline) python -m pytest tests/engine/test_mutants.py --capture=no --quiet $(ARGS)

rule-mutants: ## change the rule code in one place at a time: a test must fail, or the survivor be listed (ARGS="MODULE --again")
	$(offline) python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --requirement tests/mutation/requirements.txt
	$(offline) python -m tests.mutation $(ARGS)

bench: ## measure the isolation pack beside conftest and checkov, and year 3's preview with the packs and without
	$(offline) python -m bench $(ARGS)

cluster: ## start the embedded cluster
	$(offline) cluster

cluster-down: ## end the embedded cluster: no process and no file is left
	$(offline) cluster-down

kubectl: ## kubectl on the embedded cluster (ARGS="get pods -A")
	$(offline) kubectl

env: ## print shell exports for plain pulumi and kubectl: eval "$$(make -s env)"
	$(offline) env

engine: ## build what is missing, say which engine and plugins are in use (ENGINE)
	$(offline) engine

policies: ## print what puts plain pulumi under the policy packs: pulumi preview $$(make -s policies) (STACK)
	$(offline) policies

show: ## tables of a stack: domains, stores, routes, events, edges, what is billed (STACK)
	$(offline) python -m roadmap show "$(STACK)"

diagram: ## a stack as Mermaid text, and as a page with an SVG in .state/pages (STACK)
	$(offline) python -m roadmap diagram "$(STACK)"
	@mkdir -p $(PAGES)
	$(offline) python -m roadmap diagram "$(STACK)" --html "$(PAGES)/$(STACK).html"

diff: ## what is different between two stacks, in words, and as a page in .state/pages (FROM, TO)
	$(offline) python -m roadmap diff "$(FROM)" "$(TO)"
	@mkdir -p $(PAGES)
	$(offline) python -m roadmap diff "$(FROM)" "$(TO)" --html "$(PAGES)/$(FROM)-$(TO).html"

steps: ## the single legal steps from one stack to another (FROM, TO)
	$(offline) python -m roadmap steps "$(FROM)" "$(TO)"

audit: ## find stores that several owners share (PATHS="manifests/ export.json", ARGS="--format json")
	$(offline) python -m policies.isolation audit $(PATHS) $(ARGS)

accuracy: ## precision and recall of the isolation rules on labelled systems (CORPUS=folder)
	$(offline) python -m policies.isolation.accuracy "$(CORPUS)"

ci-policy: ## fail on a lowered level, a missing rule, an expired exemption, in any stack (ARGS="--policy-config FILE")
	$(offline) ci-policy

policy-test: ## the tests of the policy packs
	$(offline) python -m pytest tests/policies $(ARGS)

test-servers: ## what is rendered for Redis, RabbitMQ and Celery, tried on real servers
	$(offline) python -m pip install --quiet --disable-pip-version-check --requirement tests/servers/requirements.txt
	$(offline) python -m pytest tests/servers $(ARGS)

check: ## lint, format, types, import directions, levels of the policy packs
	$(offline) check

test: ## every check and every test
	$(offline) test

clean: ## remove the virtual environment and caches of this clone
	$(offline) clean
