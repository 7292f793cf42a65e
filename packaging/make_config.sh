#!/bin/bash
# The packaged configuration on stdout: config/ccnproxy.yaml with the few values that differ under systemd.
# Usage: packaging/make_config.sh < config/ccnproxy.yaml
set -euo pipefail

text=$'\n'$(cat)$'\n'

# replace LINE NEW: the line must be there just once, or the package would lose a setting unseen.
replace() {
  local found
  found=$(grep -cxF -- "$1" <<<"$text") || true
  [[ $found == 1 ]] || { echo "make_config.sh: $found lines are: $1" >&2; exit 1; }
  local line=$'\n'$1$'\n'
  text=${text%%"$line"*}$'\n'$2$'\n'${text#*"$line"}
}

# shellcheck disable=SC2016  # backquotes of the text
replace '# ccnproxy: every key with its default. Every key is optional, and so is this file.' \
'# ccnproxy: every key with its default; the two that this package sets otherwise say so. Every key is optional.
#
# After a change: `ccnproxy check -f /etc/ccnproxy/ccnproxy.yaml`, then `systemctl reload ccnproxy` or, for what a
# reload can not change, `systemctl restart ccnproxy`. ccnproxy.service hardens the process: it may write only to
# /var/lib/ccnproxy, /var/log/ccnproxy and /run/ccnproxy.'

replace 'listeners:' \
'# ccnproxy.socket opens 127.0.0.1:3000. Change both, or disable it: systemctl disable --now ccnproxy.socket
listeners:'

replace '  state_file: ""           # remembers which origins were in use over a restart; "" = off' \
'  # Remembers which origins were in use over a restart; "" = off, which is the default without this package.
  state_file: /var/lib/ccnproxy/state.yaml'

replace '  drain: 1h                # what runs when the daemon is stopped may take so long to end' \
'  # What runs when the daemon is stopped may take so long to end. 1h without this package: here a restart, and with it
  # an upgrade, waits for it, and TimeoutStopSec of ccnproxy.service (6min) must be longer, or systemd ends the process
  # in the middle of a response.
  drain: 5m'

printf '%s' "${text#$'\n'}"
