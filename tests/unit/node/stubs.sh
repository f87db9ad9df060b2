# What the scripts under test find in place of the machine's commands: each call is a line in $ZPROV_ROOT/calls, and the world moves
# on while somebody sleeps. Functions, because busybox's sh prefers its own applets to a PATH. To be read before the script.
# ZPROV_LACKS: modules that the kernel has not. ZPROV_MOUNT_FAILS: how often the root's mount fails. ZPROV_SLEEPS: after so many
# sleeps the test has seen enough. $ZPROV_ROOT/later: becomes the host's ask. A directory in boot.json.new's place goes away. ZPROV_NEVER: what does not appear (udc link carrier).
# shellcheck shell=sh
call() {
	case $* in
	*"$ZPROV_ROOT"*) printf '%s\n' "$*" | sed "s|$ZPROV_ROOT||g" ;;
	*) printf '%s\n' "$*" ;;
	esac >>"$ZPROV_ROOT/calls"
}
never() { case " ${ZPROV_NEVER-} " in *" $1 "*) ;; *) return 1 ;; esac }

appear() {
	never link || [ -d "$ZPROV_ROOT/sys/class/net/usb0" ] || {
		mkdir -p "$ZPROV_ROOT/sys/class/net/usb0"
		echo "$1" >"$ZPROV_ROOT/sys/class/net/usb0/address"
		if [ -n "${ZPROV_FIXED_MTU-}" ]; then
			mkdir "$ZPROV_ROOT/sys/class/net/usb0/mtu" # takes no number
		else
			echo 1500 >"$ZPROV_ROOT/sys/class/net/usb0/mtu"
		fi
	}
}

modprobe() {
	call modprobe "$@"
	for lacking in ${ZPROV_LACKS-}; do
		[ "$1" != "$lacking" ] || return 1
	done
	case "$*" in
	dwc2) never udc || mkdir -p "$ZPROV_ROOT/sys/class/udc/20980000.usb" ;;
	"-r g_ether") rm -rf "$ZPROV_ROOT/sys/module/g_ether" "$ZPROV_ROOT/sys/class/net/usb0" ;;
	g_ether*) appear "$(printf '%s' "$3" | sed 's/dev_addr=//')" ;;
	esac
}

mount() {
	call mount "$@"
	case "$*" in
	*configfs*)
		case " ${ZPROV_LACKS-} " in *" libcomposite "*) return 1 ;; esac
		mkdir -p "$ZPROV_ROOT/sys/kernel/config/usb_gadget"
		;;
	"-t nfs "*)
		fails=$(cat "$ZPROV_ROOT/mount-fails")
		[ "$fails" = 0 ] && return
		echo $((fails - 1)) >"$ZPROV_ROOT/mount-fails"
		return 1
		;;
	esac
}

sleep() {
	call sleep "$@"
	[ "$1" != 3600 ] || exit 7
	sleeps=$((${sleeps-0} + 1))
	[ "$sleeps" -lt "${ZPROV_SLEEPS-1000}" ] || exit 8
	[ "$sleeps" -ne 2 ] || [ ! -e "$ZPROV_ROOT/later" ] || mv "$ZPROV_ROOT/later" "$ZPROV_ROOT/var/lib/zprov/ask"
	[ "$sleeps" -ne 2 ] || [ ! -d "$ZPROV_ROOT/var/lib/zprov/boot.json.new" ] || rmdir "$ZPROV_ROOT/var/lib/zprov/boot.json.new"
	gadget=$ZPROV_ROOT/sys/kernel/config/usb_gadget/zprov
	[ ! -s "$gadget/UDC" ] || appear "$(cat "$gadget"/functions/*/dev_addr)"
	never carrier || [ "$sleeps" -lt 3 ] || [ ! -d "$ZPROV_ROOT/sys/class/net/usb0" ] ||
		echo 1 >"$ZPROV_ROOT/sys/class/net/usb0/carrier"
}

ip() { call ip "$@"; }
ping() { call ping "$@"; }
poweroff() {
	call poweroff "$@"
	[ ! -e "$ZPROV_ROOT/var/lib/zprov/ask" ] || call poweroff while asked
}
reboot() { call reboot "$@"; }
systemctl() { call systemctl "$@"; }

# What initramfs-tools gives a boot script.
panic() { call panic "$@"; }
nfs_top() { call nfs_top; }
nfs_premount() { call nfs_premount; }
wait_for_udev() { call wait_for_udev "$@"; }
configure_networking() { call configure_networking; }
# And a hook.
manual_add_modules() { call manual_add_modules "$@"; }

echo "${ZPROV_MOUNT_FAILS-0}" >"$ZPROV_ROOT/mount-fails"
