# shellcheck shell=bash
# A machine as the documentation has it, for the time of a test: changes to /etc, /var and /run are this test's only, DNS is
# a server on 127.0.0.1, https://api.example.com is an origin whose certificate this machine trusts, and `ccnproxy` is the
# daemon under test. Needs root and namespaces (isolate).

# From the range for examples: not loopback's, which the daemon refuses to connect to.
# shellcheck disable=SC2034  # for those who source this
origin_address=203.0.113.10

# Changed copies of the system's folders over them, in memory.
own_folders() {
  local folder
  mkdir "$tap_work/disk"
  mount -t tmpfs tmpfs "$tap_work/disk"
  for folder in etc var run; do
    mkdir -p "$tap_work/disk/$folder/"{upper,work}
    mount -t overlay overlay "/$folder" \
      -o "lowerdir=/$folder,upperdir=$tap_work/disk/$folder/upper,workdir=$tap_work/disk/$folder/work"
  done
  # What was mounted below is not seen through them, such as a container's /etc/hosts.
  printf '127.0.0.1 localhost\n::1 localhost\n' >/etc/hosts
}
# shellcheck disable=SC2016  # the inner shell's
can_have_own_folders() { [[ ${E2E_ISOLATED:-} ]] && unshare -m -- "$BASH" -c 'mkdir -p "$0" && mount -t tmpfs x "$0" &&
  mkdir "$0/u" "$0/w" && mount -t overlay x /etc -o "lowerdir=/etc,upperdir=$0/u,workdir=$0/w"' "$tap_work/trial" 2>/dev/null; }

release_folders() { umount -l /etc /var /run "$tap_work/disk" 2>/dev/null || true; }

# The commands that documentation names are those of this tree.
own_commands() {
  mkdir "$tap_work/bin"
  ln -s "$daemon_binary" "$tap_work/bin/ccnproxy"
  PATH=$tap_work/bin:$PATH
}

# write_resolv_conf LINE...: a file of its own, as the system's may be a link to elsewhere.
write_resolv_conf() {
  rm -f /etc/resolv.conf
  printf '%s\n' "$@" >/etc/resolv.conf
}

# The origin is an API, too: /v1/… answers JSON, which says which way the request came; /v1/down answers 503.
api_locations() {
  cat <<'CONF'
    location /v1/ {
      default_type application/json;
      return 200 '{"items":[1,2,3],"method":"$request_method","uri":"$request_uri","via":"$http_via$http_cdn_loop"}\n';
    }
    location /v1/down { return 503 "down for the moment\n"; }
CONF
}

# Who verifies certificates by what the system trusts takes the origin's.
trust_origin() { cat "$origin_dir/ca.pem" >>/etc/ssl/certs/ca-certificates.crt; }

# documented FILE...: files as README.md and docs/*.md have them, at the place that they name.
documented() {
  local file all=$tap_work/documented top=$lib/../../..
  [[ -d $all ]] || python3 -B "$top/tests/docs/blocks.py" files "$all" "$top"/README.md "$top"/docs/*.md "$top"/docs/*/*.md
  for file; do install -D -m 644 "$all$file" "$file"; done
}
