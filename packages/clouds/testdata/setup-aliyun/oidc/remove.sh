#!/usr/bin/env bash
# Removes what the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2) was given.
# Buckets and what is in them stay. Can be run again.
set -euo pipefail

connection=conn_a2c4e6g2i4k6m2o4q6s2
role_name=lake-test
policy_name=sluice-lake
provider_name=sluice-sluice.example.com
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
# The roles of the account that trust the identity provider.
trusting() {
  local answer role marker
  answer="$(cloud ram ListRoles)"
  while :; do
    for role in $(printf '%s\n' "$answer" | field RoleName); do
      case "$(cloud ram GetRole --RoleName "$role")" in
        *":oidc-provider/$provider_name\\\""*) printf '%s\n' "$role" ;;
      esac
    done
    marker="$(printf '%s\n' "$answer" | field Marker)"
    if [ -z "$marker" ]; then return 0; fi
    answer="$(cloud ram ListRoles --Marker "$marker")"
  done
}
if found ims GetOIDCProvider --OIDCProviderName "$provider_name"; then
  maker="$(cloud ims GetOIDCProvider --OIDCProviderName "$provider_name")"
  others="$(trusting)"
  if [ -n "$others" ]; then
    printf 'The identity provider %s stays: other roles trust it.\n' "$provider_name"
  else
    case "$maker" in
      *"Sluice as issuer of tokens, for all its connections in this account"*) cloud ims DeleteOIDCProvider --OIDCProviderName "$provider_name" >/dev/null ;;
      *) printf 'The identity provider %s stays: it was not made by a setup of ours.\n' "$provider_name" ;;
    esac
  fi
fi
printf 'Done. The connection has no access any more.\n'
