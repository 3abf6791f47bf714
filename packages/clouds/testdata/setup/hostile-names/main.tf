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
  default     = "sluice-0123456789abcdef0123456789abcdef"
}

variable "platform_principal_arn" {
  description = "Sluice's principal: the only one that may assume the role"
  type        = string
  default     = "arn:aws:iam::123456789012:role/xxxxxxx/tnabcdefg/xxxxxxx-tnabcdefg"
}

variable "policy_name" {
  description = "Name of the permission policy"
  type        = string
  default     = "sluice-x-rm-rf-HOME-id-JSON-bad-bad-dbd6be3c"
}

variable "bucket" {
  description = "Bucket, without s3://"
  type        = string
  default     = "test-bucket-123"
}

variable "prefix" {
  description = "Folder, ending with /"
  type        = string
  default     = "a'b\"c`d\u0024{$}{aws:username}e$f\u0025{g}h\u0024{*}i\u0024{?}j\\ké中😀$(id)/"
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
              var.prefix,
              "${var.prefix}*",
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
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix}*"]
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
