#!/usr/bin/env bash
# Sets up the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list and read oss://test-bucket-123/data/*. It will not be able to write, delete or see other prefixes.
# Can be run again: what exists is brought up to date.
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
description='Lets the Sluice connection conn_a2c4e6g2i4k6m2o4q6s2 use its locations'

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cat > "$work/permission-policy.json" <<'JSON'
{
  "Version": "1",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "oss:GetBucketInfo"
      ],
      "Resource": [
        "acs:oss:*:*:test-bucket-123"
      ]
    },
    {
      "Effect": "Allow",
      "Action": [
        "oss:ListObjects"
      ],
      "Resource": [
        "acs:oss:*:*:test-bucket-123"
      ],
      "Condition": {
        "StringLike": {
          "oss:Prefix": [
            "data/*"
          ]
        }
      }
    },
    {
      "Effect": "Allow",
      "Action": [
        "oss:GetObject",
        "oss:GetObjectVersion"
      ],
      "Resource": [
        "acs:oss:*:*:test-bucket-123/data/*"
      ]
    }
  ]
}
JSON
cat > "$work/trust-policy.json" <<'JSON'
{
  "Version": "1",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "sts:AssumeRole",
      "Principal": {
        "Federated": [
          "acs:ram::9876543210987654:oidc-provider/sluice-sluice.example.com"
        ]
      },
      "Condition": {
        "StringEquals": {
          "oidc:iss": "https://sluice.example.com",
          "oidc:aud": "sts.aliyuncs.com",
          "oidc:sub": "organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"
        }
      }
    }
  ]
}
JSON

issuer_url=https://sluice.example.com
client_id=sts.aliyuncs.com
if found ims GetOIDCProvider --OIDCProviderName "$provider_name"; then
  provider="$(cloud ims GetOIDCProvider --OIDCProviderName "$provider_name")"
  if [ "$(printf '%s\n' "$provider" | field IssuerUrl)" != "$issuer_url" ]; then
    fail "The identity provider $provider_name exists, but for another issuer than $issuer_url."
  fi
  case "$provider" in
    *"$client_id"*) ;;
    *) cloud ims AddClientIdToOIDCProvider --OIDCProviderName "$provider_name" --ClientId "$client_id" >/dev/null ;;
  esac
else
  fingerprint="${SLUICE_ISSUER_FINGERPRINT:-}"
  if [ -z "$fingerprint" ]; then
    # The last certificate of the chain is that of the authority, whose fingerprint RAM wants.
    fingerprint="$(openssl s_client -showcerts -servername sluice.example.com \
      -connect sluice.example.com:443 </dev/null 2>/dev/null |
      awk '/BEGIN CERTIFICATE/ { last = "" } { last = last $0 "\n" } /END CERTIFICATE/ { whole = last } END { printf "%s", whole }' |
      openssl x509 -noout -fingerprint -sha1 2>/dev/null | sed 's/.*=//; s/://g' || true)"
  fi
  if [ -z "$fingerprint" ]; then
    fail "The certificate of $issuer_url cannot be read from here. Set SLUICE_ISSUER_FINGERPRINT to the fingerprint that the RAM console gets for that URL."
  fi
  cloud ims CreateOIDCProvider --OIDCProviderName "$provider_name" --IssuerUrl "$issuer_url" \
    --ClientIds "$client_id" --Fingerprints "$fingerprint" \
    --Description 'Sluice as issuer of tokens, for all its connections in this account' >/dev/null
fi

trust="$(sed "s/ACCOUNT_ID/$account/" "$work/trust-policy.json")"
if found ram GetRole --RoleName "$role_name"; then
  must_be_ours role "$role_name" ram GetRole --RoleName "$role_name"
  cloud ram UpdateRole --RoleName "$role_name" --NewAssumeRolePolicyDocument "$trust" >/dev/null
else
  cloud ram CreateRole --RoleName "$role_name" --Description "$description" --MaxSessionDuration 3600 \
    --AssumeRolePolicyDocument "$trust" >/dev/null
fi

permissions="$(cat "$work/permission-policy.json")"
if found ram GetPolicy --PolicyType Custom --PolicyName "$policy_name"; then
  must_be_ours policy "$policy_name" ram GetPolicy --PolicyType Custom --PolicyName "$policy_name"
  # A policy keeps at most five versions: the oldest makes room.
  cloud ram CreatePolicyVersion --PolicyName "$policy_name" --PolicyDocument "$permissions" \
    --SetAsDefault true --RotateStrategy DeleteOldestNonDefaultVersionWhenLimitExceeded >/dev/null
else
  cloud ram CreatePolicy --PolicyName "$policy_name" --Description "$description" \
    --PolicyDocument "$permissions" >/dev/null
fi
ensure ram AttachPolicyToRole --PolicyType Custom --PolicyName "$policy_name" --RoleName "$role_name"

printf 'Done. Role ARN: acs:ram::%s:role/%s\n' "$account" "$role_name"
