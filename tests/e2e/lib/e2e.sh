# shellcheck shell=bash
# Everything that an end-to-end script needs; see the parts.
lib=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=tests/e2e/lib/tap.sh
source "$lib/tap.sh"
# shellcheck source=tests/e2e/lib/certificates.sh
source "$lib/certificates.sh"
# shellcheck source=tests/e2e/lib/origin.sh
source "$lib/origin.sh"
# shellcheck source=tests/e2e/lib/daemon.sh
source "$lib/daemon.sh"
