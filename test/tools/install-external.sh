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

# Azurite: Microsoft's emulator of Blob Storage, from npm. No script of its packages is needed to run it.
azurite=${XDG_CACHE_HOME:-$HOME/.cache}/sluice/azurite
version=3.37.0
if ! grep -qs "\"version\": \"$version\"" "$azurite/node_modules/azurite/package.json"; then
  mkdir -p "$azurite"
  echo '{ "private": true }' >"$azurite/package.json"
  npm install --prefix "$azurite" --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error "azurite@$version"
fi
