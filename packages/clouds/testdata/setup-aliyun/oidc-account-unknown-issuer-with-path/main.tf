terraform {
  required_version = ">= 1.3"

  required_providers {
    alicloud = {
      source  = "aliyun/alicloud"
      version = ">= 1.252.0"
    }
    tls = {
      source  = "hashicorp/tls"
      version = ">= 4.0"
    }
  }
}

variable "region" {
  description = "Region the provider works in; RAM itself has none"
  type        = string
  default     = "cn-beijing"
}

variable "create_oidc_provider" {
  description = "false if another connection of this Sluice has registered the identity provider already"
  type        = bool
  default     = true
}

variable "issuer_url" {
  description = "Sluice's issuer"
  type        = string
  default     = "https://example.com/sluice/1"
}

variable "oidc_provider_name" {
  description = "Identity provider that stands for the issuer"
  type        = string
  default     = "sluice-example.com"
}

variable "audience" {
  description = "Client id that the tokens are for"
  type        = string
  default     = "sts.aliyuncs.com"
}

variable "role_name" {
  description = "Name of the role"
  type        = string
  default     = "sluice-lake"
}

variable "subject" {
  description = "Who the tokens speak for: this one connection of Sluice"
  type        = string
  default     = "organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"
}

variable "policy_name" {
  description = "Name of the permission policy"
  type        = string
  default     = "sluice-lake"
}

variable "bucket" {
  description = "Bucket, without oss://"
  type        = string
  default     = "test-bucket-123"
}

variable "prefix" {
  description = "Folder, ending with /"
  type        = string
  default     = "data/"
}

provider "alicloud" {
  region = var.region
}

data "alicloud_account" "current" {}

data "tls_certificate" "issuer" {
  url = var.issuer_url
}

resource "alicloud_ims_oidc_provider" "sluice" {
  count              = var.create_oidc_provider ? 1 : 0
  oidc_provider_name = var.oidc_provider_name
  issuer_url         = var.issuer_url
  client_ids         = [var.audience]
  fingerprints       = [data.tls_certificate.issuer.certificates[0].sha1_fingerprint]
  description        = "Sluice as issuer of tokens, for all its connections in this account"

  lifecycle {
    prevent_destroy = true
  }
}

resource "alicloud_ram_role" "sluice" {
  role_name            = var.role_name
  description          = "Lets the Sluice connection conn_a2c4e6g2i4k6m2o4q6s2 use its locations"
  max_session_duration = 3600
  assume_role_policy_document = jsonencode({
    Version = "1"
    Statement = [
      {
        Effect = "Allow"
        Action = "sts:AssumeRole"
        Principal = {
          Federated = ["acs:ram::${data.alicloud_account.current.id}:oidc-provider/${var.oidc_provider_name}"]
        }
        Condition = {
          StringEquals = {
            "oidc:iss" = var.issuer_url
            "oidc:aud" = var.audience
            "oidc:sub" = var.subject
          }
        }
      },
    ]
  })
  depends_on = [alicloud_ims_oidc_provider.sluice]
}

resource "alicloud_ram_policy" "sluice" {
  policy_name     = var.policy_name
  description     = "Lets the Sluice connection conn_a2c4e6g2i4k6m2o4q6s2 use its locations"
  rotate_strategy = "DeleteOldestNonDefaultVersionWhenLimitExceeded"
  policy_document = jsonencode({
    Version = "1"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["oss:GetBucketInfo"]
        Resource = ["acs:oss:*:*:${var.bucket}"]
      },
      {
        Effect   = "Allow"
        Action   = ["oss:ListObjects"]
        Resource = ["acs:oss:*:*:${var.bucket}"]
        Condition = {
          StringLike = {
            "oss:Prefix" = ["${var.prefix}*"]
          }
        }
      },
      {
        Effect = "Allow"
        Action = [
          "oss:GetObject",
          "oss:GetObjectVersion",
          "oss:PutObject",
          "oss:AbortMultipartUpload",
          "oss:ListParts",
        ]
        Resource = ["acs:oss:*:*:${var.bucket}/${var.prefix}*"]
      },
    ]
  })
}

resource "alicloud_ram_role_policy_attachment" "sluice" {
  policy_name = alicloud_ram_policy.sluice.policy_name
  policy_type = "Custom"
  role_name   = alicloud_ram_role.sluice.role_name
}

output "role_arn" {
  description = "ARN of the role"
  value       = alicloud_ram_role.sluice.arn
}
