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

variable "user_name" {
  description = "Name of the user"
  type        = string
  default     = "sluice-lake"
}

variable "user_path" {
  description = "Path of the user"
  type        = string
  default     = "/"
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

variable "prefix" {
  description = "Folder, ending with /"
  type        = string
  default     = "data/"
}

provider "aws" {
  region              = var.region
  allowed_account_ids = ["987654321987"]
}

data "aws_partition" "current" {}

resource "aws_iam_user" "sluice" {
  name                 = var.user_name
  path                 = var.user_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
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
        Sid    = "ReadWriteObjects"
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectVersion",
          "s3:PutObject",
          "s3:AbortMultipartUpload",
          "s3:ListMultipartUploadParts",
        ]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix}*"]
      },
    ]
  })
}

resource "aws_iam_user_policy_attachment" "sluice" {
  user       = aws_iam_user.sluice.name
  policy_arn = aws_iam_policy.sluice.arn
}

output "user_arn" {
  description = "ARN of the user"
  value       = aws_iam_user.sluice.arn
}
