# shellcheck shell=bash
# A booted Debian in a container: its own init, processes and network. Sourced after tap.sh and tree.sh.

# An overlay of $tree in memory; its folder is in $machine_root.
make_overlay() {
  local work=$tap_work/machine
  mkdir -p "$work"
  mount -t tmpfs -o mode=755 tmpfs "$work"
  mkdir -p "$work"/{upper,work,root}
  mount -t overlay overlay -o "lowerdir=$tree,upperdir=$work/upper,workdir=$work/work" "$work/root"
  machine_root=$work/root
}

# With a network of its own and nothing of this machine's systemd.
nspawn=(systemd-nspawn --quiet --private-network --register=no --keep-unit --console=pipe --machine="ccnproxy-test-$$")

# boot_machine: boots an overlay; its init's number is in $machine_init.
boot_machine() {
  local unit
  make_overlay
  # The tests start nginx themselves; there is no terminal.
  for unit in nginx console-getty; do ln -sf /dev/null "$machine_root/etc/systemd/system/$unit.service"; done
  start_process "$tap_work/machine.log" "${nspawn[@]}" --directory="$machine_root" --boot
  machine=$started
  await 60 machine_has_booted || { tail -n 40 "$tap_work/machine.log"; return 1; }
}

find_init() {
  machine_init=$(cut -d' ' -f1 <"/proc/$machine/task/$machine/children")
  [[ $machine_init ]]
}
machine_has_booted() {
  find_init && [[ $(in_machine systemctl is-system-running 2>/dev/null) =~ ^(running|degraded)$ ]]
}

# in_machine COMMAND...: runs it there, as root.
in_machine() { nsenter -t "$machine_init" -m -u -i -n -p -r -w -- "$@"; }
# in_its_network COMMAND...: runs a program of ours, with the network of the machine.
in_its_network() { nsenter -t "$machine_init" -n -- "$@"; }

# Its init is told to end (SIGRTMIN+4: power off), then the overlay goes.
stop_machine() {
  if [[ ${machine_init:-} ]]; then kill -s RTMIN+4 "$machine_init" 2>/dev/null || true; fi
  if [[ ${machine:-} ]]; then await 30 process_gone "$machine" >/dev/null || stop_process "$machine"; fi
  if [[ ${machine_root:-} ]]; then
    umount "$machine_root" 2>/dev/null || umount -l "$machine_root"
    umount "$tap_work/machine" 2>/dev/null || umount -l "$tap_work/machine"
  fi
}
