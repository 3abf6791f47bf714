#!/usr/bin/env bash
# Removes what the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2) was given.
# Buckets and what is in them stay. Can be run again.
set -euo pipefail
export AWS_PAGER=''
# IAM has no regions, but the CLI wants to know the partition.
export AWS_REGION=cn-north-1 AWS_DEFAULT_REGION=cn-north-1

connection=conn_a2c4e6g2i4k6m2o4q6s2
role_name=lake-test
policy_name=sluice-lake

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Runs a command: true if it went well, false if IAM knows no such thing; any other answer ends the script.
found() {
  local answer
  if answer="$("$@" 2>&1 >/dev/null)"; then return 0; fi
  case "$answer" in
    *NoSuchEntity*) return 1 ;;
    *) fail "$answer" ;;
  esac
}

# Ends the script unless the thing carries the tag of this connection: nothing else is ever changed or removed.
must_be_ours() {
  local owner
  owner="$(aws iam "$2" "$3" "$4" --query "*.Tags[?Key=='sluice:connection'].Value | [0] | [0]" --output text)"
  if [ "$owner" != "$connection" ]; then
    fail "The $1 $4 exists, but not for this connection: choose another name, or give it the tag sluice:connection = $connection."
  fi
}

account="$(aws sts get-caller-identity --query Account --output text)"
if [ "$account" != 987654321987 ]; then
  fail "These credentials belong to account $account; this script is for account 987654321987."
fi
policy_arn="arn:aws-cn:iam::$account:policy/$policy_name"
issuer=example.com/sluice/1
provider_arn="arn:aws-cn:iam::$account:oidc-provider/$issuer"

if found aws iam get-role --role-name "$role_name"; then
  must_be_ours role get-role --role-name "$role_name"
  found aws iam delete-role-policy --role-name "$role_name" --policy-name "$policy_name" || true
  found aws iam detach-role-policy --role-name "$role_name" --policy-arn "$policy_arn" || true
  aws iam delete-role --role-name "$role_name"
fi
if found aws iam get-policy --policy-arn "$policy_arn"; then
  must_be_ours policy get-policy --policy-arn "$policy_arn"
  for version in $(aws iam list-policy-versions --policy-arn "$policy_arn" --query 'Versions[?!IsDefaultVersion].VersionId' --output text); do
    aws iam delete-policy-version --policy-arn "$policy_arn" --version-id "$version"
  done
  aws iam delete-policy --policy-arn "$policy_arn"
fi
if found aws iam get-open-id-connect-provider --open-id-connect-provider-arn "$provider_arn"; then
  maker="$(aws iam get-open-id-connect-provider --open-id-connect-provider-arn "$provider_arn" --query "Tags[?Key=='sluice:issuer'].Value | [0]" --output text)"
  others="$(aws iam list-roles --output text \
    --query "Roles[?contains(to_string(AssumeRolePolicyDocument), '\"$provider_arn\"')].RoleName")"
  if [ -n "$others" ]; then
    printf 'The identity provider %s stays: other roles trust it.\n' "$issuer"
  elif [ "$maker" != "$issuer" ]; then
    printf 'The identity provider %s stays: it was not made by a setup of ours.\n' "$issuer"
  else
    aws iam delete-open-id-connect-provider --open-id-connect-provider-arn "$provider_arn"
  fi
fi
printf 'Done. The connection has no access any more.\n'
