# Everything a person types; the work is done by `python -m offline <command>`.
#
#   STACK=year1      the stack (a file in stacks/)
#   ENGINE=          offline or official; empty takes an official engine where there is one
#   PROGRAM=         another Pulumi program's folder, for up, preview, refresh and down
#   YES=1            answers the question of `down`
#   ARGS=            more arguments for kubectl, pytest or pulumi

.DEFAULT_GOAL := help
SHELL := /bin/sh
# The first interpreter that is new enough; PYTHON=... names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; done; echo python3)
STACK ?= year1
export STACK ENGINE PROGRAM YES ARGS
unexport PYTHONPATH PYTHONHOME
# A plain command, so that make starts it without a shell between: a signal to make reaches it.
offline = @$(PYTHON) -m offline

.PHONY: help up preview refresh down cluster cluster-down kubectl env engine check test clean

help: ## say what each target does
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' Makefile | while read -r target text; do printf '%-14s%s\n' "$$target" "$$text"; done

up: ## bring a stack up (STACK=year1) and show what runs where
	$(offline) up

preview: ## show what `up` would change, with the policy packs (STACK, PROGRAM)
	$(offline) preview

refresh: ## read the cluster into the state, to see drift (STACK)
	$(offline) refresh

down: ## empty a stack of the embedded cluster: lists what will be lost, asks (STACK, YES=1)
	$(offline) down

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

check: ## lint, format, types, import directions
	$(offline) check

test: ## every check and every test
	$(offline) test

clean: ## remove the virtual environment and caches of this clone
	$(offline) clean
