#!/usr/bin/env bash
# The Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Removes the user and its policy. Buckets and what is in them stay.
# Usage: bash FILE ALIAS, where ALIAS is your mc alias of the store.
set -euo pipefail

alias="${1:?give the mc alias of the store}"
user=sluice-lake
policy=sluice-lake

if mc admin user info "$alias" "$user" >/dev/null 2>&1; then mc admin user remove "$alias" "$user"; fi
if mc admin policy info "$alias" "$policy" >/dev/null 2>&1; then mc admin policy remove "$alias" "$policy"; fi
