#!/usr/bin/env bash
# A real S3 and STS server for tests: Ceph's RADOS gateway with one monitor and one storage daemon in memory, on 127.0.0.1 only.
#   rgw.sh start DIR PORT MONITOR_PORT   starts it; DIR must be empty. Users: ADMINKEY / adminsecret, and SYSTEMKEY / systemsecret.
#   rgw.sh stop DIR                      stops what was started there.
# Needs the Debian packages radosgw ceph-mon ceph-osd ceph-common. No systemd, no manager daemon.
set -euo pipefail

stop() {
  local dir=$1 file pid
  for file in "$dir"/run/*.pid; do
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    kill -9 "$pid" 2>/dev/null || true
  done
}

configure() {
  local dir=$1 port=$2 monitor=$3
  cat <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = [v2:127.0.0.1:$monitor]
public network = 127.0.0.0/8
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv4 = true
ms bind ipv6 = false
# Without cephx the gateway never comes up.
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = $dir/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail crit = 1
run dir = $dir/run
admin socket = $dir/run/\$name.asok
log file = $dir/log/\$name.log
pid file = $dir/run/\$name.pid
mon data = $dir/mon
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd op num shards = 2
osd op num threads per shard = 1
plugin dir = /usr/lib/ceph
[mon]
mon initial members = a
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port
rgw s3 auth use sts = true
rgw sts key = abcdefghijklmnop
rgw crypt require ssl = false
rgw thread pool size = 16
rgw dns name = localhost
CONF
}

# Waits until a command succeeds: at most some 60 seconds.
await() {
  local _
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.2
  done
  echo "gave up waiting for: $*" >&2
  return 1
}

osd_up() { timeout 10 ceph -c "$1/ceph.conf" osd stat | grep -q '1 up'; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

start() {
  local dir=$1 port=$2 monitor=$3 key
  mkdir -p "$dir"/mon "$dir"/osd "$dir"/run "$dir"/log
  trap 'stop "$dir"' ERR
  configure "$dir" "$port" "$monitor" >"$dir/ceph.conf"
  export CEPH_CONF="$dir/ceph.conf"
  cd "$dir"
  monmaptool --create --fsid "$(sed -n 's/^fsid = //p' ceph.conf)" --addv a "[v2:127.0.0.1:$monitor]" monmap
  ceph-authtool -C keyring -n mon. --gen-key --cap mon 'allow *'
  ceph-authtool keyring -n client.admin --gen-key --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
  ceph-authtool keyring -n client.rgw --gen-key --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
  ceph-mon --mkfs --keyring keyring -i a --monmap monmap -c ceph.conf
  ceph-mon -i a -c ceph.conf
  key=$(ceph-authtool --gen-print-key)
  printf '{"cephx_secret":"%s"}' "$key" >osd.json
  ceph-authtool keyring -n osd.0 --add-key "$key" --cap mon 'allow profile osd' --cap osd 'allow *'
  cat /proc/sys/kernel/random/uuid >osd.uuid
  timeout 30 ceph -c ceph.conf osd new "$(cat osd.uuid)" -i osd.json
  ceph-osd -i 0 -c ceph.conf --mkfs --osd-uuid "$(cat osd.uuid)"
  ceph-osd -i 0 -c ceph.conf
  await osd_up "$dir"
  radosgw-admin -n client.rgw user create --uid admin --display-name admin --access-key ADMINKEY --secret adminsecret \
    --caps 'roles=*;users=*;user-policy=*;buckets=*'
  # Overrides every policy: repairs a bucket whose policy shuts out its owner.
  radosgw-admin -n client.rgw user create --uid system --display-name system --access-key SYSTEMKEY --secret systemsecret --system
  # Under these names it is reached by code that believes it speaks to AWS; any other name it takes for a bucket's.
  radosgw-admin -n client.rgw zonegroup get |
    sed 's/"hostnames": \[\]/"hostnames": ["s3.us-east-1.amazonaws.com", "sts.us-east-1.amazonaws.com"]/' >zonegroup.json
  radosgw-admin -n client.rgw zonegroup set --rgw-zonegroup=default <zonegroup.json
  radosgw -n client.rgw -c ceph.conf
  await answers "$port"
}

case "${1:-}" in
  start) start "${2:?directory}" "${3:?port}" "${4:?monitor port}" ;;
  stop) stop "${2:?directory}" ;;
  *) echo "usage: rgw.sh start DIR PORT MONITOR_PORT | rgw.sh stop DIR" >&2; exit 2 ;;
esac
