#!/bin/bash
# What can be said of the Debian package without installing it. Usage: tests/package/static_test.sh [PACKAGE.deb]
# Without a package it makes one (packaging/build_package.sh). Needs lintian, man-db, python3-yaml, zsh.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/lib/tap.sh
source "$here/../e2e/lib/tap.sh"
# shellcheck source=tests/package/lib/package.sh
source "$here/lib/package.sh"

top=$(realpath "$here/../..")
find_package "${1:-}"
symbols=${package/ccnproxy_/ccnproxy-dbgsym_}
content=$tap_work/content
program=$content/usr/bin/ccnproxy
dpkg-deb -x "$package" "$content"
page() { MANWIDTH=200 MAN_KEEP_FORMATTING='' man -l "$content/usr/share/man/$1" 2>&1 | col -bx; }
unpacked_unit() { echo "$content/usr/lib/systemd/system/ccnproxy.$1"; }
# What the packaged binary takes: `--flag` of every command.
flags_of() { "$content/usr/bin/ccnproxy" "$@" --help | grep -oE '^ +(-[a-z],)?--[a-z-]+' | grep -oE -- '-[a-z]\b|--[a-z-]+'; }
commands() { "$content/usr/bin/ccnproxy" --help | sed -n '/^Subcommands/,$s/^  \([a-z]\+\) .*/\1/p'; }

test_lintian_has_no_errors_and_no_warnings() {
  command -v lintian >/dev/null || skip 'no lintian here'
  lintian --fail-on error,warning --tag-display-limit 0 "$package" "$symbols"
}

test_its_name_and_version_are_those_of_the_tree() {
  local version; version=$(sed -n 's/^project(ccnproxy VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
  equal name "ccnproxy_${version}_$(dpkg --print-architecture).deb" "${package##*/}"
  equal version "$version" "$(dpkg-deb -f "$package" Version)"
  contains program "$version" "$("$content/usr/bin/ccnproxy" --version)"
}

test_is_position_independent_and_bound_at_once() {
  local header dynamic segments
  header=$(readelf -hW "$program") dynamic=$(readelf -dW "$program") segments=$(readelf -lW "$program")
  contains type 'Type: +DYN' "$header"
  contains PIE 'FLAGS_1.*\bPIE\b' "$dynamic"
  contains 'BIND_NOW' 'FLAGS_1.*\bNOW\b' "$dynamic"
  contains RELRO 'GNU_RELRO' "$segments"
  contains 'a stack without code' 'GNU_STACK.* RW +0x' "$segments"
  lacks 'segments that are written and run' 'LOAD.* RWE ' "$segments"
  lacks 'where libraries are looked for' 'RPATH|RUNPATH' "$dynamic"
}

test_its_stack_and_its_copies_are_checked() {
  local names; names=$(readelf --dyn-syms -W "$program")
  contains 'stack protector' '__stack_chk_fail' "$names"
  contains fortify '__(memcpy|memmove|read|recv|snprintf|vsnprintf)_chk' "$names"
}

# marks HEXADECIMAL: how often this instruction stands in the code.
marks() {
  objcopy -O binary --only-section=.text "$program" "$tap_work/code"
  python3 -c 'import sys; print(open(sys.argv[1], "rb").read().count(bytes.fromhex(sys.argv[2])))' "$tap_work/code" "$1"
}
test_jumps_go_to_marked_places() {
  local mark
  case $(dpkg-deb -f "$package" Architecture) in
    amd64) mark=f30f1efa ;;  # endbr64, of CET
    arm64) mark=3f2303d5 ;;  # paciasp, which BTI takes for a mark
    *) skip 'no such marks on this architecture' ;;
  esac
  (($(marks $mark) > 1000)) || fail "$(marks $mark) functions are marked"
}

# The version of a source file that is compiled without any of it is found, too: its name is in no path. Where the sources
# are in /src (tests/trees), ./src is not that folder.
test_no_path_of_this_machine_is_in_it() {
  local found; found=$(LC_ALL=C grep -raoP "(?<![\\w.])(\\Q$top\\E|\\Q$HOME\\E)/[ -~]*" "$content" | head -n 3 || true)
  equal paths '' "$found"
}

test_the_symbols_are_a_package_of_their_own() {
  local build_id file folder=$tap_work/symbols
  dpkg-deb -x "$symbols" "$folder"
  equal section debug "$(dpkg-deb -f "$symbols" Section)"
  equal depends "ccnproxy (= $(dpkg-deb -f "$package" Version))" "$(dpkg-deb -f "$symbols" Depends)"
  build_id=$(readelf -n "$program" | sed -n 's/.*Build ID: //p')
  file=$folder/usr/lib/debug/.build-id/${build_id:0:2}/${build_id:2}.debug
  [[ -f $file ]] || fail "no symbols of $build_id"
  contains 'lines of the sources' '\bsrc/main\.cc|\./src\b' "$(readelf --debug-dump=line "$file" 2>/dev/null | head -n 60)"
  lacks 'in the program' '\.debug_info' "$(readelf -SW "$program")"
  if grep -qaF -e "$top/src" "$file"; then fail 'paths of this machine are in it'; fi
}

# SPDX 2.3: what its specification demands of a document, packages and relationships (chapters 6, 7, 11).
test_the_bill_of_materials_is_spdx_and_has_what_it_depends_on() {
  python3 - "$content/usr/share/ccnproxy/ccnproxy.spdx.json" "$(dpkg-deb -f "$package" Version)" \
    "$(dpkg-deb -f "$package" Depends)" <<'PYTHON'
import json
import re
import sys

path, version, depends = sys.argv[1:]
text = open(path, encoding="utf-8").read()
sbom = json.loads(text)
assert sbom["spdxVersion"] == "SPDX-2.3" and sbom["dataLicense"] == "CC0-1.0" and sbom["SPDXID"] == "SPDXRef-DOCUMENT"
assert sbom["name"] == f"ccnproxy-{version}"
assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", sbom["documentNamespace"]), sbom["documentNamespace"]
assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", sbom["creationInfo"]["created"])
assert sbom["creationInfo"]["creators"]
packages = {one["SPDXID"]: one for one in sbom["packages"]}
assert len(packages) == len(sbom["packages"]), "an SPDXID twice"
for one in packages.values():
    assert re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", one["SPDXID"]), one
    assert one["name"] and one["versionInfo"] and one["downloadLocation"] and one["filesAnalyzed"] is False, one
    for ref in one.get("externalRefs", []):
        assert ref["referenceCategory"] == "PACKAGE-MANAGER" and ref["referenceType"] == "purl", ref
        assert re.fullmatch(r"pkg:deb/[a-z]+/[A-Za-z0-9.%+-]+@[^?@]+\?arch=[a-z0-9]+&distro=[a-z0-9.-]+", ref["referenceLocator"]), ref
names = {"SPDXRef-DOCUMENT", *packages}
for one in sbom["relationships"]:
    assert one["spdxElementId"] in names and one["relatedSpdxElement"] in names, one
kinds = {}
for one in sbom["relationships"]:
    other = one["relatedSpdxElement"] if one["relationshipType"] == "DYNAMIC_LINK" else one["spdxElementId"]
    kinds.setdefault(one["relationshipType"], set()).add(packages.get(other, {}).get("name", "document"))
assert kinds["DESCRIBES"] == {"document"}
linked = {part.split()[0].strip() for part in depends.split(",")} - {"init-system-helpers"}
# libspdlog1.10-fmt9 is provided by libspdlog1.10: an interface, not a package.
missing = {name for name in linked if not any((name + "-").startswith(one + "-") for one in kinds["DYNAMIC_LINK"])}
assert not missing, f"depended on, and not in it: {missing}"
compiled = kinds["BUILD_DEPENDENCY_OF"]
for part in ("libssl-dev", "libnghttp2-dev", "libcli11-dev", "libspdlog-dev", "libyaml-cpp-dev"):
    assert part in compiled, part
assert any(re.fullmatch(r"libboost[0-9.]*-dev", name) for name in compiled), compiled
assert any(re.fullmatch(r"libstdc\+\+-\d+-dev", name) for name in compiled), compiled
PYTHON
}

test_the_configuration_is_a_conffile_and_good() {
  equal conffiles /etc/ccnproxy/ccnproxy.yaml "$(dpkg-deb --info "$package" conffiles)"
  sed "s|/var/lib/ccnproxy/|$tap_work/|" "$content/etc/ccnproxy/ccnproxy.yaml" >"$tap_work/ccnproxy.yaml"
  "$content/usr/bin/ccnproxy" check -f "$tap_work/ccnproxy.yaml"
}

# The paths of all keys in a YAML file, with their values.
keys_of() {
  python3 - "$1" <<'PYTHON'
import sys
import yaml

def walk(node, path):
    for key, value in node.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, dict) and here != "labels":
            print(here)
            walk(value, here)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            print(here)
            walk(value[0], here + "[]")
        else:
            print(here, value)

walk(yaml.safe_load(open(sys.argv[1])), "")
PYTHON
}

test_the_configuration_has_every_key_and_changes_two() {
  local difference
  difference=$(diff <(keys_of "$top/config/ccnproxy.yaml") <(keys_of "$content/etc/ccnproxy/ccnproxy.yaml") || true)
  equal 'changed keys' 'pool.state_file timeouts.drain' "$(sed -n 's/^> \([^ ]*\) .*/\1/p' <<<"$difference" | xargs)"
  equal 'lost keys' 'pool.state_file timeouts.drain' "$(sed -n 's/^< \([^ ]*\).*/\1/p' <<<"$difference" | xargs)"
}

seconds() { python3 -c 'import re, sys; n, u = re.fullmatch(r"(\d+)(s|m|min|h)", sys.argv[1]).groups(); print(int(n) * {"s": 1, "m": 60, "min": 60, "h": 3600}[u])' "$1"; }

test_F100_systemd_waits_longer_than_the_drain() {
  local stop drain
  stop=$(seconds "$(sed -n 's/^TimeoutStopSec=//p' "$(unpacked_unit service)")")
  drain=$(seconds "$(keys_of "$content/etc/ccnproxy/ccnproxy.yaml" | sed -n 's/^timeouts.drain //p')")
  ((stop >= drain + 30)) || fail "TimeoutStopSec $stop, drain $drain"
}

test_the_socket_listens_where_the_configuration_does() {
  equal address "$(keys_of "$content/etc/ccnproxy/ccnproxy.yaml" | sed -n 's/^listeners\[\].address //p')" \
    "$(sed -n 's/^ListenStream=//p' "$(unpacked_unit socket)")"
}

test_the_exposure_of_the_service_is_at_most_1_5() {
  local exposure
  exposure=$(systemd-analyze security --offline=yes "$(unpacked_unit service)" | grep -oE 'exposure level.*: [0-9.]+' | grep -oE '[0-9.]+$')
  awk -v exposure="$exposure" 'BEGIN { exit !(exposure > 0 && exposure <= 1.5) }' || fail "exposure $exposure"
}

test_the_units_are_sound() {
  local said
  mkdir -p "$tap_work/units"
  sed "s|/usr/bin/ccnproxy|$content/usr/bin/ccnproxy|" "$(unpacked_unit service)" >"$tap_work/units/ccnproxy.service"
  cp "$(unpacked_unit socket)" "$tap_work/units"
  said=$(systemd-analyze verify --man=no "$tap_work"/units/ccnproxy.{service,socket} 2>&1)
  equal verify '' "$said"
}

test_the_pages_format_without_a_warning() {
  local file
  for file in man1/ccnproxy.1.gz man5/ccnproxy.yaml.5.gz; do
    equal "$file" '' "$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$content/usr/share/man/$file" 2>&1 >/dev/null)"
  done
}

test_ccnproxy_1_has_every_command_and_flag() {
  local text command flag
  text=$(page man1/ccnproxy.1.gz)
  (($(commands | wc -l) >= 5)) || fail 'no commands in --help'
  for command in '' $(commands); do
    [[ ! $command ]] || contains command "^ +$command +[A-Z]" "$text"
    for flag in $(flags_of ${command:+"$command"}); do contains "flag of $command" "(^| )${flag}([ ,]|\$)" "$text"; done
  done
}

test_ccnproxy_yaml_5_has_every_key_and_its_default() {
  local text key
  text=$(page man5/ccnproxy.yaml.5.gz)
  while read -r key _; do
    awk -v key="$key" '$1 == key { found = 1 } END { exit !found }' <<<"$text" || fail "$key is not there"
  done < <(keys_of "$top/config/ccnproxy.yaml")
  contains default 'pool.max_pending \(default .1024.\)' "$text"
  for key in match connect_to pool timeouts tls; do contains override "overrides\[\]\.$key" "$text"; done
}

# complete WORDS...: what bash offers for the last of the words.
complete_in_bash() {
  bash -c 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ccnproxy; printf "%s\n" "${COMPREPLY[@]}"' \
    "$content/usr/share/bash-completion/completions/ccnproxy" "$@"
}

test_bash_completes_every_command_and_flag() {
  local command
  equal commands "$(commands | sort)" "$(complete_in_bash ccnproxy '' | sort)"
  for command in '' $(commands); do
    equal "flags of $command" "$(flags_of ${command:+"$command"} | grep -- -- | sort)" \
      "$(complete_in_bash ccnproxy ${command:+"$command"} -- | sort)"
  done
  equal levels warn "$(complete_in_bash ccnproxy --log-level w)"
}

test_zsh_completes_every_command_and_flag() {
  command -v zsh >/dev/null || skip 'no zsh here'
  local file=$content/usr/share/zsh/vendor-completions/_ccnproxy command flag
  zsh -n "$file"
  for command in $(commands); do
    contains command "'$command:" "$(<"$file")"
    for flag in $(flags_of "$command"); do contains "flag of $command" "[{',]${flag}[]},'[]" "$(<"$file")"; done
  done
}

test_the_kernel_settings_are_assignments_with_reasons() {
  local file=$content/usr/lib/sysctl.d/10-ccnproxy.conf
  equal 'neither comment nor assignment' '' "$(grep -vE '^#|^$|^net\.[a-z0-9_.]+ = [0-9 ]+$' "$file" || true)"
  # Each stands directly below a comment.
  equal 'without a reason' '' "$(awk '/=/ && !/^#/ && before !~ /^#/ { print } { before = $0 }' "$file")"
}

test_the_same_tree_gives_the_same_settings_files() {
  cmp "$top/packaging/sysctl/10-ccnproxy.conf" "$content/usr/lib/sysctl.d/10-ccnproxy.conf"
  cmp <("$top/packaging/make_config.sh" <"$top/config/ccnproxy.yaml") "$content/etc/ccnproxy/ccnproxy.yaml"
}

test_a_lost_line_of_the_configuration_is_noticed() {
  local said
  if said=$(grep -v '^  drain:' "$top/config/ccnproxy.yaml" | "$top/packaging/make_config.sh" 2>&1 >/dev/null); then
    fail 'it made a configuration'
  fi
  contains message 'drain' "$said"
}

run_tests
