#!/bin/bash
# Boots systemd of this machine in namespaces of its own, on a copy of this machine's files in memory, with the repository at
# /srv/homepage and the units of deploy: docs/how-to/one-small-server.md up to `systemctl enable --now`. Started by systemd.test.ts
# as: unshare --mount --pid --net --uts --ipc --cgroup --fork --propagation private bash systemd-boot.sh <repository> <folder>
# <folder>/check is run when the site is started; what it prints is in <folder>/check.log.
set -eu
repository=$1 out=$2
work=$(mktemp --directory)
mount -t tmpfs tmpfs "$work"
root=$work/root
over() { # <files below> <where>
  mkdir -p "$work/upper-$3" "$work/work-$3" "$2"
  mount -t overlay overlay -o "lowerdir=$1,upperdir=$work/upper-$3,workdir=$work/work-$3" "$2"
}
over / "$root" root
# The kernel is the machine's: nobody here sets anything in it.
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs tmpfs "$root/run"
mkdir -p "$root/out"
mount --bind "$out" "$root/out"
over "$repository" "$root/srv/homepage" repository
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
ip link set lo up

cd "$root"
echo 'homepage:x:998:998::/var/lib/homepage:/usr/sbin/nologin' >> etc/passwd
echo 'homepage:x:998:' >> etc/group
chown -R 998:998 srv/homepage/.cache
cp srv/homepage/deploy/systemd/*.service srv/homepage/deploy/backup/*.service etc/systemd/system/
mkdir -p etc/homepage
echo 'PUBLIC_URL=https://example.dev' > etc/homepage/site.env
echo 'BACKUP_TO=file:///var/lib/homepage/backups' | tee etc/homepage/backup.env > etc/homepage/prune.env
cat > etc/systemd/system/check.service <<'END'
[Unit]
After=homepage.service
[Service]
Type=oneshot
StandardOutput=file:/out/check.log
StandardError=file:/out/check.log
ExecStart=/bin/bash /out/check
ExecStopPost=/bin/systemctl --no-block exit 0
END
cat > etc/systemd/system/proof.target <<'END'
[Unit]
Wants=homepage.service check.service
END
mkdir old
pivot_root . old
umount --lazy /old
export container=other
exec /lib/systemd/systemd --unit=proof.target > /out/systemd.log 2>&1
