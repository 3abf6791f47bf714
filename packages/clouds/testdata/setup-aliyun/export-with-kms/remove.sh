#!/usr/bin/env bash
# Removes what the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2) was given.
# Buckets and what is in them stay. Can be run again.
set -euo pipefail

connection=conn_a2c4e6g2i4k6m2o4q6s2
role_name=lake-test
policy_name=sluice-lake
# RAM has no regions, but the CLI wants to know one.
region=cn-beijing

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

cloud() {
  aliyun "$@" --region "$region"
}

# Runs a command: true if it went well, false if there is no such thing; any other answer ends the script.
found() {
  local answer
  if answer="$(cloud "$@" 2>&1 >/dev/null)"; then return 0; fi
  case "$answer" in
    *EntityNotExist*) return 1 ;;
    *) fail "$answer" ;;
  esac
}

# Runs a command for which it is no fault if what it makes is there already.
ensure() {
  local answer
  if answer="$(cloud "$@" 2>&1 >/dev/null)"; then return 0; fi
  case "$answer" in
    *EntityAlreadyExist*) return 0 ;;
    *) fail "$answer" ;;
  esac
}

# Ends the script unless the thing's description names this connection: nothing else is ever changed or removed.
must_be_ours() {
  local kind="$1" name="$2" answer
  shift 2
  answer="$(cloud "$@")"
  case "$answer" in
    *"$connection"*) ;;
    *) fail "The $kind $name exists, but not for this connection: choose another name." ;;
  esac
}

# The values of one field in an answer.
field() {
  tr ',' '\n' | sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"
}

account="$(cloud sts GetCallerIdentity | field AccountId)"
if [ "$account" != 9876543210987654 ]; then
  fail "These credentials belong to account $account; this script is for account 9876543210987654."
fi

if found ram GetRole --RoleName "$role_name"; then
  must_be_ours role "$role_name" ram GetRole --RoleName "$role_name"
  found ram DetachPolicyFromRole --PolicyType Custom --PolicyName "$policy_name" --RoleName "$role_name" || true
  cloud ram DeleteRole --RoleName "$role_name" >/dev/null
fi
if found ram GetPolicy --PolicyType Custom --PolicyName "$policy_name"; then
  must_be_ours policy "$policy_name" ram GetPolicy --PolicyType Custom --PolicyName "$policy_name"
  default="$(cloud ram GetPolicy --PolicyType Custom --PolicyName "$policy_name" | field DefaultVersion)"
  for version in $(cloud ram ListPolicyVersions --PolicyType Custom --PolicyName "$policy_name" | field VersionId); do
    if [ "$version" != "$default" ]; then
      cloud ram DeletePolicyVersion --PolicyName "$policy_name" --VersionId "$version" >/dev/null
    fi
  done
  cloud ram DeletePolicy --PolicyName "$policy_name" >/dev/null
fi
printf 'Done. The connection has no access any more.\n'
