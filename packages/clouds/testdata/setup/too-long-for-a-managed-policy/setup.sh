#!/usr/bin/env bash
# Sets up the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list and read s3://test-bucket-123/tenants/t0/*, s3://test-bucket-123/tenants/t1/*, s3://test-bucket-123/tenants/t2/*, s3://test-bucket-123/tenants/t3/*, s3://test-bucket-123/tenants/t4/*, s3://test-bucket-123/tenants/t5/*, s3://test-bucket-123/tenants/t6/*, s3://test-bucket-123/tenants/t7/*, s3://test-bucket-123/tenants/t8/*, s3://test-bucket-123/tenants/t9/*, s3://test-bucket-123/tenants/t10/*, s3://test-bucket-123/tenants/t11/*, s3://test-bucket-123/tenants/t12/*, s3://test-bucket-123/tenants/t13/*, s3://test-bucket-123/tenants/t14/*, s3://test-bucket-123/tenants/t15/*, s3://test-bucket-123/tenants/t16/*, s3://test-bucket-123/tenants/t17/*, s3://test-bucket-123/tenants/t18/*, s3://test-bucket-123/tenants/t19/*, s3://test-bucket-123/tenants/t20/*, s3://test-bucket-123/tenants/t21/*, s3://test-bucket-123/tenants/t22/*, s3://test-bucket-123/tenants/t23/*, s3://test-bucket-123/tenants/t24/*, s3://test-bucket-123/tenants/t25/*, s3://test-bucket-123/tenants/t26/*, s3://test-bucket-123/tenants/t27/*, s3://test-bucket-123/tenants/t28/*, s3://test-bucket-123/tenants/t29/*, s3://test-bucket-123/tenants/t30/*, s3://test-bucket-123/tenants/t31/*, s3://test-bucket-123/tenants/t32/*, s3://test-bucket-123/tenants/t33/*, s3://test-bucket-123/tenants/t34/*, s3://test-bucket-123/tenants/t35/*, s3://test-bucket-123/tenants/t36/*, s3://test-bucket-123/tenants/t37/*, s3://test-bucket-123/tenants/t38/*, s3://test-bucket-123/tenants/t39/*, s3://test-bucket-123/tenants/t40/*, s3://test-bucket-123/tenants/t41/*, s3://test-bucket-123/tenants/t42/*, s3://test-bucket-123/tenants/t43/*, s3://test-bucket-123/tenants/t44/*, s3://test-bucket-123/tenants/t45/*, s3://test-bucket-123/tenants/t46/*, s3://test-bucket-123/tenants/t47/*, s3://test-bucket-123/tenants/t48/*, s3://test-bucket-123/tenants/t49/*, s3://test-bucket-123/tenants/t50/*, s3://test-bucket-123/tenants/t51/*, s3://test-bucket-123/tenants/t52/*, s3://test-bucket-123/tenants/t53/*, s3://test-bucket-123/tenants/t54/*, s3://test-bucket-123/tenants/t55/*, s3://test-bucket-123/tenants/t56/*, s3://test-bucket-123/tenants/t57/*, s3://test-bucket-123/tenants/t58/*, s3://test-bucket-123/tenants/t59/*, s3://test-bucket-123/tenants/t60/*, s3://test-bucket-123/tenants/t61/*, s3://test-bucket-123/tenants/t62/*, s3://test-bucket-123/tenants/t63/*, s3://test-bucket-123/tenants/t64/*, s3://test-bucket-123/tenants/t65/*, s3://test-bucket-123/tenants/t66/*, s3://test-bucket-123/tenants/t67/*, s3://test-bucket-123/tenants/t68/*, s3://test-bucket-123/tenants/t69/*, s3://test-bucket-123/tenants/t70/*, s3://test-bucket-123/tenants/t71/*, s3://test-bucket-123/tenants/t72/*, s3://test-bucket-123/tenants/t73/*, s3://test-bucket-123/tenants/t74/*, s3://test-bucket-123/tenants/t75/*, s3://test-bucket-123/tenants/t76/*, s3://test-bucket-123/tenants/t77/*, s3://test-bucket-123/tenants/t78/*, s3://test-bucket-123/tenants/t79/*, s3://test-bucket-123/tenants/t80/*, s3://test-bucket-123/tenants/t81/*, s3://test-bucket-123/tenants/t82/*, s3://test-bucket-123/tenants/t83/*, s3://test-bucket-123/tenants/t84/*, s3://test-bucket-123/tenants/t85/*, s3://test-bucket-123/tenants/t86/*, s3://test-bucket-123/tenants/t87/*, s3://test-bucket-123/tenants/t88/*, s3://test-bucket-123/tenants/t89/*, s3://test-bucket-123/tenants/t90/*, s3://test-bucket-123/tenants/t91/*, s3://test-bucket-123/tenants/t92/*, s3://test-bucket-123/tenants/t93/*, s3://test-bucket-123/tenants/t94/*, s3://test-bucket-123/tenants/t95/*, s3://test-bucket-123/tenants/t96/*, s3://test-bucket-123/tenants/t97/*, s3://test-bucket-123/tenants/t98/*, s3://test-bucket-123/tenants/t99/*, s3://test-bucket-123/tenants/t100/*, s3://test-bucket-123/tenants/t101/*, s3://test-bucket-123/tenants/t102/*, s3://test-bucket-123/tenants/t103/*, s3://test-bucket-123/tenants/t104/*, s3://test-bucket-123/tenants/t105/*, s3://test-bucket-123/tenants/t106/*, s3://test-bucket-123/tenants/t107/*, s3://test-bucket-123/tenants/t108/* and s3://test-bucket-123/tenants/t109/*. It will not be able to write, delete or see other prefixes.
# Can be run again: what exists is brought up to date.
set -euo pipefail
export AWS_PAGER=''
# IAM has no regions, but the CLI wants to know the partition.
export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1

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
policy_arn="arn:aws:iam::$account:policy/$policy_name"
role_path=/

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cat > "$work/permission-policy.json" <<'JSON'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "LocateBuckets",
      "Effect": "Allow",
      "Action": [
        "s3:GetBucketLocation"
      ],
      "Resource": [
        "arn:aws:s3:::test-bucket-123"
      ]
    },
    {
      "Sid": "List",
      "Effect": "Allow",
      "Action": [
        "s3:ListBucket"
      ],
      "Resource": [
        "arn:aws:s3:::test-bucket-123"
      ],
      "Condition": {
        "StringLike": {
          "s3:prefix": [
            "tenants/t0/",
            "tenants/t0/*",
            "tenants/t1/",
            "tenants/t1/*",
            "tenants/t2/",
            "tenants/t2/*",
            "tenants/t3/",
            "tenants/t3/*",
            "tenants/t4/",
            "tenants/t4/*",
            "tenants/t5/",
            "tenants/t5/*",
            "tenants/t6/",
            "tenants/t6/*",
            "tenants/t7/",
            "tenants/t7/*",
            "tenants/t8/",
            "tenants/t8/*",
            "tenants/t9/",
            "tenants/t9/*",
            "tenants/t10/",
            "tenants/t10/*",
            "tenants/t11/",
            "tenants/t11/*",
            "tenants/t12/",
            "tenants/t12/*",
            "tenants/t13/",
            "tenants/t13/*",
            "tenants/t14/",
            "tenants/t14/*",
            "tenants/t15/",
            "tenants/t15/*",
            "tenants/t16/",
            "tenants/t16/*",
            "tenants/t17/",
            "tenants/t17/*",
            "tenants/t18/",
            "tenants/t18/*",
            "tenants/t19/",
            "tenants/t19/*",
            "tenants/t20/",
            "tenants/t20/*",
            "tenants/t21/",
            "tenants/t21/*",
            "tenants/t22/",
            "tenants/t22/*",
            "tenants/t23/",
            "tenants/t23/*",
            "tenants/t24/",
            "tenants/t24/*",
            "tenants/t25/",
            "tenants/t25/*",
            "tenants/t26/",
            "tenants/t26/*",
            "tenants/t27/",
            "tenants/t27/*",
            "tenants/t28/",
            "tenants/t28/*",
            "tenants/t29/",
            "tenants/t29/*",
            "tenants/t30/",
            "tenants/t30/*",
            "tenants/t31/",
            "tenants/t31/*",
            "tenants/t32/",
            "tenants/t32/*",
            "tenants/t33/",
            "tenants/t33/*",
            "tenants/t34/",
            "tenants/t34/*",
            "tenants/t35/",
            "tenants/t35/*",
            "tenants/t36/",
            "tenants/t36/*",
            "tenants/t37/",
            "tenants/t37/*",
            "tenants/t38/",
            "tenants/t38/*",
            "tenants/t39/",
            "tenants/t39/*",
            "tenants/t40/",
            "tenants/t40/*",
            "tenants/t41/",
            "tenants/t41/*",
            "tenants/t42/",
            "tenants/t42/*",
            "tenants/t43/",
            "tenants/t43/*",
            "tenants/t44/",
            "tenants/t44/*",
            "tenants/t45/",
            "tenants/t45/*",
            "tenants/t46/",
            "tenants/t46/*",
            "tenants/t47/",
            "tenants/t47/*",
            "tenants/t48/",
            "tenants/t48/*",
            "tenants/t49/",
            "tenants/t49/*",
            "tenants/t50/",
            "tenants/t50/*",
            "tenants/t51/",
            "tenants/t51/*",
            "tenants/t52/",
            "tenants/t52/*",
            "tenants/t53/",
            "tenants/t53/*",
            "tenants/t54/",
            "tenants/t54/*",
            "tenants/t55/",
            "tenants/t55/*",
            "tenants/t56/",
            "tenants/t56/*",
            "tenants/t57/",
            "tenants/t57/*",
            "tenants/t58/",
            "tenants/t58/*",
            "tenants/t59/",
            "tenants/t59/*",
            "tenants/t60/",
            "tenants/t60/*",
            "tenants/t61/",
            "tenants/t61/*",
            "tenants/t62/",
            "tenants/t62/*",
            "tenants/t63/",
            "tenants/t63/*",
            "tenants/t64/",
            "tenants/t64/*",
            "tenants/t65/",
            "tenants/t65/*",
            "tenants/t66/",
            "tenants/t66/*",
            "tenants/t67/",
            "tenants/t67/*",
            "tenants/t68/",
            "tenants/t68/*",
            "tenants/t69/",
            "tenants/t69/*",
            "tenants/t70/",
            "tenants/t70/*",
            "tenants/t71/",
            "tenants/t71/*",
            "tenants/t72/",
            "tenants/t72/*",
            "tenants/t73/",
            "tenants/t73/*",
            "tenants/t74/",
            "tenants/t74/*",
            "tenants/t75/",
            "tenants/t75/*",
            "tenants/t76/",
            "tenants/t76/*",
            "tenants/t77/",
            "tenants/t77/*",
            "tenants/t78/",
            "tenants/t78/*",
            "tenants/t79/",
            "tenants/t79/*",
            "tenants/t80/",
            "tenants/t80/*",
            "tenants/t81/",
            "tenants/t81/*",
            "tenants/t82/",
            "tenants/t82/*",
            "tenants/t83/",
            "tenants/t83/*",
            "tenants/t84/",
            "tenants/t84/*",
            "tenants/t85/",
            "tenants/t85/*",
            "tenants/t86/",
            "tenants/t86/*",
            "tenants/t87/",
            "tenants/t87/*",
            "tenants/t88/",
            "tenants/t88/*",
            "tenants/t89/",
            "tenants/t89/*",
            "tenants/t90/",
            "tenants/t90/*",
            "tenants/t91/",
            "tenants/t91/*",
            "tenants/t92/",
            "tenants/t92/*",
            "tenants/t93/",
            "tenants/t93/*",
            "tenants/t94/",
            "tenants/t94/*",
            "tenants/t95/",
            "tenants/t95/*",
            "tenants/t96/",
            "tenants/t96/*",
            "tenants/t97/",
            "tenants/t97/*",
            "tenants/t98/",
            "tenants/t98/*",
            "tenants/t99/",
            "tenants/t99/*",
            "tenants/t100/",
            "tenants/t100/*",
            "tenants/t101/",
            "tenants/t101/*",
            "tenants/t102/",
            "tenants/t102/*",
            "tenants/t103/",
            "tenants/t103/*",
            "tenants/t104/",
            "tenants/t104/*",
            "tenants/t105/",
            "tenants/t105/*",
            "tenants/t106/",
            "tenants/t106/*",
            "tenants/t107/",
            "tenants/t107/*",
            "tenants/t108/",
            "tenants/t108/*",
            "tenants/t109/",
            "tenants/t109/*"
          ]
        }
      }
    },
    {
      "Sid": "ReadObjects",
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:GetObjectVersion"
      ],
      "Resource": [
        "arn:aws:s3:::test-bucket-123/tenants/t0/*",
        "arn:aws:s3:::test-bucket-123/tenants/t1/*",
        "arn:aws:s3:::test-bucket-123/tenants/t2/*",
        "arn:aws:s3:::test-bucket-123/tenants/t3/*",
        "arn:aws:s3:::test-bucket-123/tenants/t4/*",
        "arn:aws:s3:::test-bucket-123/tenants/t5/*",
        "arn:aws:s3:::test-bucket-123/tenants/t6/*",
        "arn:aws:s3:::test-bucket-123/tenants/t7/*",
        "arn:aws:s3:::test-bucket-123/tenants/t8/*",
        "arn:aws:s3:::test-bucket-123/tenants/t9/*",
        "arn:aws:s3:::test-bucket-123/tenants/t10/*",
        "arn:aws:s3:::test-bucket-123/tenants/t11/*",
        "arn:aws:s3:::test-bucket-123/tenants/t12/*",
        "arn:aws:s3:::test-bucket-123/tenants/t13/*",
        "arn:aws:s3:::test-bucket-123/tenants/t14/*",
        "arn:aws:s3:::test-bucket-123/tenants/t15/*",
        "arn:aws:s3:::test-bucket-123/tenants/t16/*",
        "arn:aws:s3:::test-bucket-123/tenants/t17/*",
        "arn:aws:s3:::test-bucket-123/tenants/t18/*",
        "arn:aws:s3:::test-bucket-123/tenants/t19/*",
        "arn:aws:s3:::test-bucket-123/tenants/t20/*",
        "arn:aws:s3:::test-bucket-123/tenants/t21/*",
        "arn:aws:s3:::test-bucket-123/tenants/t22/*",
        "arn:aws:s3:::test-bucket-123/tenants/t23/*",
        "arn:aws:s3:::test-bucket-123/tenants/t24/*",
        "arn:aws:s3:::test-bucket-123/tenants/t25/*",
        "arn:aws:s3:::test-bucket-123/tenants/t26/*",
        "arn:aws:s3:::test-bucket-123/tenants/t27/*",
        "arn:aws:s3:::test-bucket-123/tenants/t28/*",
        "arn:aws:s3:::test-bucket-123/tenants/t29/*",
        "arn:aws:s3:::test-bucket-123/tenants/t30/*",
        "arn:aws:s3:::test-bucket-123/tenants/t31/*",
        "arn:aws:s3:::test-bucket-123/tenants/t32/*",
        "arn:aws:s3:::test-bucket-123/tenants/t33/*",
        "arn:aws:s3:::test-bucket-123/tenants/t34/*",
        "arn:aws:s3:::test-bucket-123/tenants/t35/*",
        "arn:aws:s3:::test-bucket-123/tenants/t36/*",
        "arn:aws:s3:::test-bucket-123/tenants/t37/*",
        "arn:aws:s3:::test-bucket-123/tenants/t38/*",
        "arn:aws:s3:::test-bucket-123/tenants/t39/*",
        "arn:aws:s3:::test-bucket-123/tenants/t40/*",
        "arn:aws:s3:::test-bucket-123/tenants/t41/*",
        "arn:aws:s3:::test-bucket-123/tenants/t42/*",
        "arn:aws:s3:::test-bucket-123/tenants/t43/*",
        "arn:aws:s3:::test-bucket-123/tenants/t44/*",
        "arn:aws:s3:::test-bucket-123/tenants/t45/*",
        "arn:aws:s3:::test-bucket-123/tenants/t46/*",
        "arn:aws:s3:::test-bucket-123/tenants/t47/*",
        "arn:aws:s3:::test-bucket-123/tenants/t48/*",
        "arn:aws:s3:::test-bucket-123/tenants/t49/*",
        "arn:aws:s3:::test-bucket-123/tenants/t50/*",
        "arn:aws:s3:::test-bucket-123/tenants/t51/*",
        "arn:aws:s3:::test-bucket-123/tenants/t52/*",
        "arn:aws:s3:::test-bucket-123/tenants/t53/*",
        "arn:aws:s3:::test-bucket-123/tenants/t54/*",
        "arn:aws:s3:::test-bucket-123/tenants/t55/*",
        "arn:aws:s3:::test-bucket-123/tenants/t56/*",
        "arn:aws:s3:::test-bucket-123/tenants/t57/*",
        "arn:aws:s3:::test-bucket-123/tenants/t58/*",
        "arn:aws:s3:::test-bucket-123/tenants/t59/*",
        "arn:aws:s3:::test-bucket-123/tenants/t60/*",
        "arn:aws:s3:::test-bucket-123/tenants/t61/*",
        "arn:aws:s3:::test-bucket-123/tenants/t62/*",
        "arn:aws:s3:::test-bucket-123/tenants/t63/*",
        "arn:aws:s3:::test-bucket-123/tenants/t64/*",
        "arn:aws:s3:::test-bucket-123/tenants/t65/*",
        "arn:aws:s3:::test-bucket-123/tenants/t66/*",
        "arn:aws:s3:::test-bucket-123/tenants/t67/*",
        "arn:aws:s3:::test-bucket-123/tenants/t68/*",
        "arn:aws:s3:::test-bucket-123/tenants/t69/*",
        "arn:aws:s3:::test-bucket-123/tenants/t70/*",
        "arn:aws:s3:::test-bucket-123/tenants/t71/*",
        "arn:aws:s3:::test-bucket-123/tenants/t72/*",
        "arn:aws:s3:::test-bucket-123/tenants/t73/*",
        "arn:aws:s3:::test-bucket-123/tenants/t74/*",
        "arn:aws:s3:::test-bucket-123/tenants/t75/*",
        "arn:aws:s3:::test-bucket-123/tenants/t76/*",
        "arn:aws:s3:::test-bucket-123/tenants/t77/*",
        "arn:aws:s3:::test-bucket-123/tenants/t78/*",
        "arn:aws:s3:::test-bucket-123/tenants/t79/*",
        "arn:aws:s3:::test-bucket-123/tenants/t80/*",
        "arn:aws:s3:::test-bucket-123/tenants/t81/*",
        "arn:aws:s3:::test-bucket-123/tenants/t82/*",
        "arn:aws:s3:::test-bucket-123/tenants/t83/*",
        "arn:aws:s3:::test-bucket-123/tenants/t84/*",
        "arn:aws:s3:::test-bucket-123/tenants/t85/*",
        "arn:aws:s3:::test-bucket-123/tenants/t86/*",
        "arn:aws:s3:::test-bucket-123/tenants/t87/*",
        "arn:aws:s3:::test-bucket-123/tenants/t88/*",
        "arn:aws:s3:::test-bucket-123/tenants/t89/*",
        "arn:aws:s3:::test-bucket-123/tenants/t90/*",
        "arn:aws:s3:::test-bucket-123/tenants/t91/*",
        "arn:aws:s3:::test-bucket-123/tenants/t92/*",
        "arn:aws:s3:::test-bucket-123/tenants/t93/*",
        "arn:aws:s3:::test-bucket-123/tenants/t94/*",
        "arn:aws:s3:::test-bucket-123/tenants/t95/*",
        "arn:aws:s3:::test-bucket-123/tenants/t96/*",
        "arn:aws:s3:::test-bucket-123/tenants/t97/*",
        "arn:aws:s3:::test-bucket-123/tenants/t98/*",
        "arn:aws:s3:::test-bucket-123/tenants/t99/*",
        "arn:aws:s3:::test-bucket-123/tenants/t100/*",
        "arn:aws:s3:::test-bucket-123/tenants/t101/*",
        "arn:aws:s3:::test-bucket-123/tenants/t102/*",
        "arn:aws:s3:::test-bucket-123/tenants/t103/*",
        "arn:aws:s3:::test-bucket-123/tenants/t104/*",
        "arn:aws:s3:::test-bucket-123/tenants/t105/*",
        "arn:aws:s3:::test-bucket-123/tenants/t106/*",
        "arn:aws:s3:::test-bucket-123/tenants/t107/*",
        "arn:aws:s3:::test-bucket-123/tenants/t108/*",
        "arn:aws:s3:::test-bucket-123/tenants/t109/*"
      ]
    }
  ]
}
JSON
cat > "$work/trust-policy.json" <<'JSON'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "LetSluiceAssumeThisRole",
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::123456789012:root"
      },
      "Action": "sts:AssumeRole",
      "Condition": {
        "StringEquals": {
          "sts:ExternalId": "my-external-id-123"
        },
        "ArnEquals": {
          "aws:PrincipalArn": "arn:aws:iam::123456789012:role/xxxxxxx/tnabcdefg/xxxxxxx-tnabcdefg"
        }
      }
    }
  ]
}
JSON
cat > "$work/tags.json" <<'JSON'
[
  {
    "Key": "sluice:connection",
    "Value": "conn_a2c4e6g2i4k6m2o4q6s2"
  }
]
JSON

if found aws iam get-role --role-name "$role_name"; then
  must_be_ours role get-role --role-name "$role_name"
  aws iam update-assume-role-policy --role-name "$role_name" --policy-document "file://$work/trust-policy.json"
  aws iam tag-role --role-name "$role_name" --tags "file://$work/tags.json"
else
  aws iam create-role --role-name "$role_name" --path "$role_path" \
    --description 'Lets Sluice use the locations of one connection' --max-session-duration 3600 \
    --assume-role-policy-document "file://$work/trust-policy.json" \
    --tags "file://$work/tags.json" >/dev/null
fi

# Too long for a managed policy, so it goes into the role.
aws iam put-role-policy --role-name "$role_name" --policy-name "$policy_name" \
  --policy-document "file://$work/permission-policy.json"
# An earlier setup may have fitted into one.
found aws iam detach-role-policy --role-name "$role_name" --policy-arn "$policy_arn" || true

role_arn="$(aws iam get-role --role-name "$role_name" --query Role.Arn --output text)"
expected_arn="arn:aws:iam::$account:role$role_path$role_name"
if [ "$role_arn" != "$expected_arn" ]; then
  fail "The role exists under another path: it is $role_arn, not $expected_arn."
fi
printf 'Done. Role ARN: %s\n' "$role_arn"
