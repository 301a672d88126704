#!/bin/sh
# Makes the calling process, the first of its own mount and PID namespaces, the init of a clean machine: a file system
# of its own with only the tools that a minimal image has, the stand-ins, and nothing else of the host.
#
# clean-root.sh ROOT SHELL REPOSITORY NODE_DIRECTORY: SHELL is dash, bash or busybox
set -eu
root=$1 shell=$2 repository=$3 node=$4
tools='cat chmod curl cut date df dpkg flock gpgv grep head id kill ln ls mkdir mktemp mv od ps rm rmdir sed setsid sleep tail tr true uname base64 mount chroot cp find sort wc touch'

mount --make-rprivate /
mount -t tmpfs -o size=64m,mode=755 root "$root"
cd "$root"
mkdir -p proc dev tmp run sys etc/systemd/system etc/amazon/ssm usr/bin usr/share var/lib var/log root bin repository node
mount -t proc proc proc
mount --rbind /dev dev
for lib in lib lib32 lib64 libx32; do
  if [ -d "/usr/$lib" ]; then mkdir -p "usr/$lib" && mount --rbind "/usr/$lib" "usr/$lib"; fi
  if [ -L "/$lib" ]; then ln -s "usr/$lib" "$lib"; fi
done
mkdir host
mount --bind /usr/bin host
mount --rbind "$repository" repository
mount --bind "$node" node
cp /etc/passwd /etc/group etc/
printf 'ID=debian\n' >etc/os-release
printf '127.0.0.1 localhost\n' >etc/hosts

ln -s "/host/$shell" bin/sh
case $shell in
  busybox) # every tool that busybox has is busybox's
    for tool in $tools; do
      if busybox "$tool" --help >/dev/null 2>&1; then ln -s /host/busybox "usr/bin/$tool"; else ln -s "/host/$tool" "usr/bin/$tool"; fi
    done ;;
  *) for tool in $tools; do ln -s "/host/$tool" "usr/bin/$tool"; done ;;
esac
ln -s "/repository/test/bootstrap/stand-in/systemctl" usr/bin/systemctl

# The machine lives for as long as standard input is open. Each sleep that ends lets the shell reap orphans.
exec chroot "$root" /bin/sh -c 'exec 3<&0; cat <&3 >/dev/null & echo ready; while kill -0 $!; do sleep 0.2; done' 2>/dev/null
