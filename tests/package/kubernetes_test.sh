#!/bin/bash
# What can be said of packaging/kubernetes and packaging/Containerfile without a cluster.
# Usage: tests/package/kubernetes_test.sh [DAEMON]       Needs python3-yaml, amtool; `kubectl kustomize` if kubectl is there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/lib/tap.sh
source "$here/../e2e/lib/tap.sh"
# shellcheck source=tests/e2e/lib/daemon.sh
source "$here/../e2e/lib/daemon.sh"
find_daemon "${1:-}"
top=$(realpath "$here/../..")
folder=$top/packaging/kubernetes

# of FILE EXPRESSION: a value of a manifest, in Python: the document is `d`, of a Deployment there are `pod`, `container`.
of() {
  python3 - "$folder/$1" "$2" <<'PYTHON'
import sys
import yaml

d = yaml.safe_load(open(sys.argv[1]))
if d.get("kind") == "Deployment":
    pod = d["spec"]["template"]["spec"]
    container = pod["containers"][0]
print(eval(sys.argv[2]))
PYTHON
}

test_every_manifest_is_named_and_parses() {
  local file listed
  listed=$(of kustomization.yaml '" ".join(sorted(d["resources"] + d["configMapGenerator"][0]["files"]))')
  equal files "$(cd "$folder" && echo *.yaml | tr ' ' '\n' | grep -vxE 'kustomization.yaml|coredns.yaml' | sort | xargs)" "$listed"
  for file in "$folder"/*.yaml; do of "${file##*/}" 'd["apiVersion"]' >/dev/null || [[ $file == */ccnproxy.yaml ]]; done
}

test_kustomize_makes_one_of_each() {
  command -v kubectl >/dev/null || skip 'no kubectl here'
  local made; made=$(kubectl kustomize "$folder")
  equal kinds 'ConfigMap Deployment HorizontalPodAutoscaler Namespace NetworkPolicy PodDisruptionBudget Service' \
    "$(sed -n 's/^kind: //p' <<<"$made" | sort | xargs)"
  contains 'the name with its hash' '^ +name: ccnproxy-[a-z0-9]{10}$' "$made"
}

test_the_configurations_are_good() {
  "$daemon_binary" check -f "$folder/ccnproxy.yaml"
  "$daemon_binary" check -f "$top/packaging/container/ccnproxy.yaml"
}

test_F100_the_cluster_waits_longer_than_the_drain() {
  local grace wait drain
  grace=$(of deployment.yaml "pod['terminationGracePeriodSeconds']")
  wait=$(of deployment.yaml "container['lifecycle']['preStop']['exec']['command'][1]")
  drain=$(of ccnproxy.yaml "d['timeouts']['drain'].rstrip('s')")
  ((grace > wait + drain)) || fail "$grace is not more than $wait + $drain"
}

test_the_memory_that_workers_may_hold_fits_the_pod() {
  local limit workers each
  limit=$(of deployment.yaml "container['resources']['limits']['memory'].removesuffix('Mi')")
  workers=$(of ccnproxy.yaml "d['workers']")
  each=$(of ccnproxy.yaml "d['limits']['memory'].removesuffix('MiB')")
  ((limit >= 64 + workers * each)) || fail "$limit MiB are less than 64 + $workers * $each"
}

test_probes_and_ports_are_those_of_the_configuration() {
  equal http "$(of ccnproxy.yaml "d['listeners'][0]['address'].split(':')[1]")" \
    "$(of deployment.yaml "container['ports'][0]['containerPort']")"
  equal admin "$(of ccnproxy.yaml "d['admin']['address'].split(':')[1]")" \
    "$(of deployment.yaml "container['ports'][1]['containerPort']")"
  equal readiness '/readyz admin' "$(of deployment.yaml "' '.join(container['readinessProbe']['httpGet'].values())")"
  equal service http "$(of service.yaml "d['spec']['ports'][0]['targetPort']")"
}

test_the_autoscaler_uses_a_metric_that_is_exported() {
  local metric; metric=$(of autoscaler.yaml "d['spec']['metrics'][0]['pods']['metric']['name']")
  mapfile -t ports < <(free_ports 2)
  start_process "$tap_work/daemon.log" "$daemon_binary" serve -f <(printf 'listeners: [{address: "127.0.0.1:%s"}]\nadmin: {address: "127.0.0.1:%s"}\n' "${ports[@]}")
  await 15 curl -fsS "http://127.0.0.1:${ports[1]}/readyz"
  contains metrics "^$metric [0-9]" "$(curl -fsS "http://127.0.0.1:${ports[1]}/metrics")"
}

test_the_pod_has_no_rights() {
  equal user True "$(of deployment.yaml "pod['securityContext']['runAsNonRoot']")"
  equal rights "{'allowPrivilegeEscalation': False, 'readOnlyRootFilesystem': True, 'capabilities': {'drop': ['ALL']}}" \
    "$(of deployment.yaml "container['securityContext']")"
}

rewrite_line() { of coredns.yaml 'd["data"]["Corefile"]' | sed -n 's/^ *rewrite/rewrite/p'; }

# Alertmanager's matchers are Go's regular expressions, as those of CoreDNS's rewrite are. What it would do with an alert of
# that name says whether the pattern is found in it: its own anchors are taken away by .* on both sides.
rewritten() {
  local pattern; pattern=$(rewrite_line | sed -n 's/^rewrite stop name regex \([^ ]*\) .*/\1/p')
  printf "receivers: [{name: 'no'}, {name: 'yes'}]\nroute: {receiver: 'no', routes: [{receiver: 'yes', matchers: ['%s']}]}\n" \
    "name=~\".*(${pattern//\\/\\\\}).*\"" >"$tap_work/routes.yml"
  amtool config routes test --config.file="$tap_work/routes.yml" "name=$1"
}

# The pattern, tried on names as CoreDNS sees them: whole, lower case, with a dot at the end.
test_the_rewrite_takes_the_names_of_the_label_and_no_others() {
  local name
  for name in api.example.com.ccnproxy-https. x.ccnproxy-https. api.example.com.ccnproxy-https.shop.svc.cluster.local. \
    api.example.com.ccnproxy-https.svc.cluster.local.; do equal "$name" yes "$(rewritten "$name")"; done
  for name in api.example.com. ccnproxy-https.example.com. x.ccnproxy-https-old.example.com. ccnproxy-https. \
    x.ccnproxy-https.example.com. x.ccnproxy-httpsvc.cluster.local. shopccnproxy-https.; do equal "$name" no "$(rewritten "$name")"; done
}

test_the_rewrite_leads_to_the_service() {
  equal service "$(of service.yaml 'd["metadata"]["name"]').$(of kustomization.yaml 'd["namespace"]').svc.cluster.local" \
    "$(rewrite_line | cut -d' ' -f6)"
}

# What docs/dns.md shows as /etc/coredns/rewrite.
test_the_rewrite_is_that_of_the_documentation() {
  python3 -B "$top/tests/docs/blocks.py" files "$tap_work/documented" "$top/docs/dns.md"
  equal 'the line' "$(rewrite_line)" "$(<"$tap_work/documented/etc/coredns/rewrite")"
}

test_the_image_is_made_of_what_is_there() {
  local file
  while read -r file; do [[ -e $top/$file ]] || fail "no $file"; done < <(
    sed -n 's/^COPY \(packaging[^ ]*\) .*/\1/p; s|.*/src/\(packaging/[a-z_]*\.sh\).*|\1|p' "$top/packaging/Containerfile")
  contains user '^USER [1-9]' "$(<"$top/packaging/Containerfile")"
}

run_tests
