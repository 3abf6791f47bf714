#!/usr/bin/env bash
# Installs what the external suites run against: clients and servers that others wrote. Debian, as root or through sudo.
set -euo pipefail
packages=(awscli python3-boto3 rclone radosgw ceph-mon ceph-osd ceph-common bc curl postgresql shellcheck python3-venv)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  sudo=''
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
