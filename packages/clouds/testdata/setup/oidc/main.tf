terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81"
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

variable "make_identity_provider" {
  description = "false if IAM > Identity providers has sluice.example.com already"
  type        = bool
  default     = true
}

variable "token_audience" {
  description = "Audience of Sluice's tokens"
  type        = string
  default     = "sts.amazonaws.com"
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

variable "token_subject" {
  description = "Subject of the tokens of this connection of Sluice; never changes"
  type        = string
  default     = "organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"
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

data "aws_caller_identity" "current" {}

resource "aws_iam_openid_connect_provider" "sluice" {
  count          = var.make_identity_provider ? 1 : 0
  url            = "https://sluice.example.com"
  client_id_list = [var.token_audience]
  tags = {
    "sluice:issuer" = "sluice.example.com"
  }

  lifecycle {
    prevent_destroy = true
  }
}

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
          Federated = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/sluice.example.com"
        }
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "sluice.example.com:aud" = var.token_audience
            "sluice.example.com:sub" = var.token_subject
          }
        }
      },
    ]
  })
  depends_on = [aws_iam_openid_connect_provider.sluice]
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
