terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "region" {
  description = "Region the provider works in; IAM itself has none"
  type        = string
  default     = "us-west-2"
}

variable "tags" {
  description = "Tags of what is created"
  type        = map(string)
  default = {
    "sluice:connection" = "conn_a2c4e6g2i4k6m2o4q6s2"
  }
}

variable "permissions_boundary_arn" {
  description = "Managed policy that bounds the permissions; null for none"
  type        = string
  default     = null
}

variable "role_name" {
  description = "Name of the role"
  type        = string
  default     = "lake-test"
}

variable "role_path" {
  description = "Path of the role"
  type        = string
  default     = "/"
}

variable "platform_account_id" {
  description = "Sluice's AWS account"
  type        = string
  default     = "123456789012"
}

variable "external_id" {
  description = "Bound to this connection of Sluice; never changes"
  type        = string
  default     = "my-external-id-123"
}

variable "platform_principal_arn" {
  description = "Sluice's principal: the only one that may assume the role"
  type        = string
  default     = "arn:aws:iam::123456789012:role/xxxxxxx/tnabcdefg/xxxxxxx-tnabcdefg"
}

variable "policy_name" {
  description = "Name of the permission policy"
  type        = string
  default     = "sluice-lake"
}

variable "bucket" {
  description = "Bucket, without s3://"
  type        = string
  default     = "test-bucket-123"
}

variable "prefix1" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t0/"
}

variable "prefix2" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t1/"
}

variable "prefix3" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t2/"
}

variable "prefix4" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t3/"
}

variable "prefix5" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t4/"
}

variable "prefix6" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t5/"
}

variable "prefix7" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t6/"
}

variable "prefix8" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t7/"
}

variable "prefix9" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t8/"
}

variable "prefix10" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t9/"
}

variable "prefix11" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t10/"
}

variable "prefix12" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t11/"
}

variable "prefix13" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t12/"
}

variable "prefix14" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t13/"
}

variable "prefix15" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t14/"
}

variable "prefix16" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t15/"
}

variable "prefix17" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t16/"
}

variable "prefix18" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t17/"
}

variable "prefix19" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t18/"
}

variable "prefix20" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t19/"
}

variable "prefix21" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t20/"
}

variable "prefix22" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t21/"
}

variable "prefix23" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t22/"
}

variable "prefix24" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t23/"
}

variable "prefix25" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t24/"
}

variable "prefix26" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t25/"
}

variable "prefix27" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t26/"
}

variable "prefix28" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t27/"
}

variable "prefix29" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t28/"
}

variable "prefix30" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t29/"
}

variable "prefix31" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t30/"
}

variable "prefix32" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t31/"
}

variable "prefix33" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t32/"
}

variable "prefix34" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t33/"
}

variable "prefix35" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t34/"
}

variable "prefix36" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t35/"
}

variable "prefix37" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t36/"
}

variable "prefix38" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t37/"
}

variable "prefix39" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t38/"
}

variable "prefix40" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t39/"
}

variable "prefix41" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t40/"
}

variable "prefix42" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t41/"
}

variable "prefix43" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t42/"
}

variable "prefix44" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t43/"
}

variable "prefix45" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t44/"
}

variable "prefix46" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t45/"
}

variable "prefix47" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t46/"
}

variable "prefix48" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t47/"
}

variable "prefix49" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t48/"
}

variable "prefix50" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t49/"
}

variable "prefix51" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t50/"
}

variable "prefix52" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t51/"
}

variable "prefix53" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t52/"
}

variable "prefix54" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t53/"
}

variable "prefix55" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t54/"
}

variable "prefix56" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t55/"
}

variable "prefix57" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t56/"
}

variable "prefix58" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t57/"
}

variable "prefix59" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t58/"
}

variable "prefix60" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t59/"
}

variable "prefix61" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t60/"
}

variable "prefix62" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t61/"
}

variable "prefix63" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t62/"
}

variable "prefix64" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t63/"
}

variable "prefix65" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t64/"
}

variable "prefix66" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t65/"
}

variable "prefix67" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t66/"
}

variable "prefix68" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t67/"
}

variable "prefix69" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t68/"
}

variable "prefix70" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t69/"
}

provider "aws" {
  region              = var.region
  allowed_account_ids = ["987654321987"]
}

data "aws_partition" "current" {}

resource "aws_iam_role" "sluice" {
  name                 = var.role_name
  path                 = var.role_path
  description          = "Lets Sluice use the locations of one connection"
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "LetSluiceAssumeThisRole"
        Effect = "Allow"
        Principal = {
          AWS = "arn:${data.aws_partition.current.partition}:iam::${var.platform_account_id}:root"
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "sts:ExternalId" = var.external_id
          }
          ArnEquals = {
            "aws:PrincipalArn" = var.platform_principal_arn
          }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "sluice" {
  name        = var.policy_name
  description = "What Sluice may do in the locations of one connection"
  tags        = var.tags
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LocateBuckets"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation"]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"]
      },
      {
        Sid      = "List"
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"]
        Condition = {
          StringLike = {
            "s3:prefix" = [
              var.prefix1,
              "${var.prefix1}*",
              var.prefix2,
              "${var.prefix2}*",
              var.prefix3,
              "${var.prefix3}*",
              var.prefix4,
              "${var.prefix4}*",
              var.prefix5,
              "${var.prefix5}*",
              var.prefix6,
              "${var.prefix6}*",
              var.prefix7,
              "${var.prefix7}*",
              var.prefix8,
              "${var.prefix8}*",
              var.prefix9,
              "${var.prefix9}*",
              var.prefix10,
              "${var.prefix10}*",
              var.prefix11,
              "${var.prefix11}*",
              var.prefix12,
              "${var.prefix12}*",
              var.prefix13,
              "${var.prefix13}*",
              var.prefix14,
              "${var.prefix14}*",
              var.prefix15,
              "${var.prefix15}*",
              var.prefix16,
              "${var.prefix16}*",
              var.prefix17,
              "${var.prefix17}*",
              var.prefix18,
              "${var.prefix18}*",
              var.prefix19,
              "${var.prefix19}*",
              var.prefix20,
              "${var.prefix20}*",
              var.prefix21,
              "${var.prefix21}*",
              var.prefix22,
              "${var.prefix22}*",
              var.prefix23,
              "${var.prefix23}*",
              var.prefix24,
              "${var.prefix24}*",
              var.prefix25,
              "${var.prefix25}*",
              var.prefix26,
              "${var.prefix26}*",
              var.prefix27,
              "${var.prefix27}*",
              var.prefix28,
              "${var.prefix28}*",
              var.prefix29,
              "${var.prefix29}*",
              var.prefix30,
              "${var.prefix30}*",
              var.prefix31,
              "${var.prefix31}*",
              var.prefix32,
              "${var.prefix32}*",
              var.prefix33,
              "${var.prefix33}*",
              var.prefix34,
              "${var.prefix34}*",
              var.prefix35,
              "${var.prefix35}*",
              var.prefix36,
              "${var.prefix36}*",
              var.prefix37,
              "${var.prefix37}*",
              var.prefix38,
              "${var.prefix38}*",
              var.prefix39,
              "${var.prefix39}*",
              var.prefix40,
              "${var.prefix40}*",
              var.prefix41,
              "${var.prefix41}*",
              var.prefix42,
              "${var.prefix42}*",
              var.prefix43,
              "${var.prefix43}*",
              var.prefix44,
              "${var.prefix44}*",
              var.prefix45,
              "${var.prefix45}*",
              var.prefix46,
              "${var.prefix46}*",
              var.prefix47,
              "${var.prefix47}*",
              var.prefix48,
              "${var.prefix48}*",
              var.prefix49,
              "${var.prefix49}*",
              var.prefix50,
              "${var.prefix50}*",
              var.prefix51,
              "${var.prefix51}*",
              var.prefix52,
              "${var.prefix52}*",
              var.prefix53,
              "${var.prefix53}*",
              var.prefix54,
              "${var.prefix54}*",
              var.prefix55,
              "${var.prefix55}*",
              var.prefix56,
              "${var.prefix56}*",
              var.prefix57,
              "${var.prefix57}*",
              var.prefix58,
              "${var.prefix58}*",
              var.prefix59,
              "${var.prefix59}*",
              var.prefix60,
              "${var.prefix60}*",
              var.prefix61,
              "${var.prefix61}*",
              var.prefix62,
              "${var.prefix62}*",
              var.prefix63,
              "${var.prefix63}*",
              var.prefix64,
              "${var.prefix64}*",
              var.prefix65,
              "${var.prefix65}*",
              var.prefix66,
              "${var.prefix66}*",
              var.prefix67,
              "${var.prefix67}*",
              var.prefix68,
              "${var.prefix68}*",
              var.prefix69,
              "${var.prefix69}*",
              var.prefix70,
              "${var.prefix70}*",
            ]
          }
        }
      },
      {
        Sid    = "ReadObjects"
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectVersion",
        ]
        Resource = [
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix1}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix2}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix3}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix4}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix5}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix6}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix7}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix8}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix9}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix10}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix11}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix12}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix13}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix14}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix15}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix16}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix17}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix18}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix19}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix20}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix21}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix22}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix23}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix24}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix25}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix26}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix27}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix28}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix29}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix30}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix31}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix32}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix33}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix34}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix35}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix36}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix37}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix38}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix39}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix40}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix41}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix42}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix43}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix44}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix45}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix46}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix47}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix48}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix49}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix50}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix51}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix52}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix53}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix54}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix55}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix56}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix57}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix58}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix59}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix60}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix61}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix62}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix63}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix64}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix65}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix66}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix67}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix68}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix69}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix70}*",
        ]
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "sluice" {
  role       = aws_iam_role.sluice.name
  policy_arn = aws_iam_policy.sluice.arn
}

output "role_arn" {
  description = "ARN of the role"
  value       = aws_iam_role.sluice.arn
}
