#!/bin/sh
# ccnproxy.yaml(5) on stdout, with the keys as config/ccnproxy.yaml has them.
# Usage: packaging/man/make_yaml_page.sh TEMPLATE CONFIG
set -eu
here=$(dirname "$0")
keys=$(awk -f "$here/keys.awk" "$2")
# The list replaces its mark. It goes in by the environment, where awk leaves backslashes alone.
KEYS=$keys awk '$0 == "@KEYS@" { print ENVIRON["KEYS"]; next } { print }' "$1"
