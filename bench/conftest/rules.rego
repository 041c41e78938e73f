# Twenty usual checks of single objects, for comparison. They know nothing of who owns what.
package main

import rego.v1

workloads := {"Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet"}

pod := input.spec.template.spec if input.kind in workloads

pod := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

containers contains container if some container in pod.containers

containers contains container if some container in pod.initContainers

title := sprintf("%s %s", [input.kind, input.metadata.name])

deny contains sprintf("%s: image %s has no tag", [title, container.image]) if {
	some container in containers
	not contains(container.image, ":")
}

deny contains sprintf("%s: image %s is whatever is latest", [title, container.image]) if {
	some container in containers
	endswith(container.image, ":latest")
}

deny contains sprintf("%s: %s is privileged", [title, container.name]) if {
	some container in containers
	container.securityContext.privileged
}

deny contains sprintf("%s: %s may gain privileges", [title, container.name]) if {
	some container in containers
	container.securityContext.allowPrivilegeEscalation
}

deny contains sprintf("%s: %s adds capabilities", [title, container.name]) if {
	some container in containers
	count(container.securityContext.capabilities.add) > 0
}

deny contains sprintf("%s: %s runs as root", [title, container.name]) if {
	some container in containers
	container.securityContext.runAsUser == 0
}

deny contains sprintf("%s: the pod runs as root", [title]) if pod.securityContext.runAsUser == 0

deny contains sprintf("%s: the pod is in the node's network", [title]) if pod.hostNetwork

deny contains sprintf("%s: the pod sees the node's processes", [title]) if pod.hostPID

deny contains sprintf("%s: the pod shares the node's memory", [title]) if pod.hostIPC

deny contains sprintf("%s: volume %s is a folder of the node", [title, volume.name]) if {
	some volume in pod.volumes
	volume.hostPath
}

deny contains sprintf("%s: %s takes port %d of the node", [title, container.name, port.hostPort]) if {
	some container in containers
	some port in container.ports
	port.hostPort
}

deny contains sprintf("%s: password %s is written out", [title, variable.name]) if {
	some container in containers
	some variable in container.env
	contains(variable.name, "PASSWORD")
	variable.value
}

deny contains sprintf("%s: memory of %s is limited below what it asks for", [title, container.name]) if {
	some container in containers
	units.parse_bytes(container.resources.limits.memory) < units.parse_bytes(container.resources.requests.memory)
}

deny contains sprintf("%s: no label app", [title]) if not input.metadata.labels.app

deny contains sprintf("%s: no owner", [title]) if not input.metadata.labels["service-extraction/owner"]

deny contains sprintf("%s: namespace default", [title]) if input.metadata.namespace == "default"

deny contains sprintf("%s: opens a port of every node", [title]) if {
	input.kind == "Service"
	input.spec.type in {"NodePort", "LoadBalancer"}
}

deny contains sprintf("%s: admits everybody", [title]) if {
	input.kind == "NetworkPolicy"
	some rule in input.spec.ingress
	not rule.from
}

deny contains sprintf("%s: selector and template differ", [title]) if {
	some label, value in input.spec.selector.matchLabels
	input.spec.template.metadata.labels[label] != value
}
