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

variable "prefix71" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t70/"
}

variable "prefix72" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t71/"
}

variable "prefix73" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t72/"
}

variable "prefix74" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t73/"
}

variable "prefix75" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t74/"
}

variable "prefix76" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t75/"
}

variable "prefix77" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t76/"
}

variable "prefix78" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t77/"
}

variable "prefix79" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t78/"
}

variable "prefix80" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t79/"
}

variable "prefix81" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t80/"
}

variable "prefix82" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t81/"
}

variable "prefix83" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t82/"
}

variable "prefix84" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t83/"
}

variable "prefix85" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t84/"
}

variable "prefix86" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t85/"
}

variable "prefix87" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t86/"
}

variable "prefix88" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t87/"
}

variable "prefix89" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t88/"
}

variable "prefix90" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t89/"
}

variable "prefix91" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t90/"
}

variable "prefix92" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t91/"
}

variable "prefix93" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t92/"
}

variable "prefix94" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t93/"
}

variable "prefix95" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t94/"
}

variable "prefix96" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t95/"
}

variable "prefix97" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t96/"
}

variable "prefix98" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t97/"
}

variable "prefix99" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t98/"
}

variable "prefix100" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t99/"
}

variable "prefix101" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t100/"
}

variable "prefix102" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t101/"
}

variable "prefix103" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t102/"
}

variable "prefix104" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t103/"
}

variable "prefix105" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t104/"
}

variable "prefix106" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t105/"
}

variable "prefix107" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t106/"
}

variable "prefix108" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t107/"
}

variable "prefix109" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t108/"
}

variable "prefix110" {
  description = "Folder, ending with /"
  type        = string
  default     = "tenants/t109/"
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

resource "aws_iam_role_policy" "sluice" {
  name = var.policy_name
  role = aws_iam_role.sluice.name
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
              var.prefix71,
              "${var.prefix71}*",
              var.prefix72,
              "${var.prefix72}*",
              var.prefix73,
              "${var.prefix73}*",
              var.prefix74,
              "${var.prefix74}*",
              var.prefix75,
              "${var.prefix75}*",
              var.prefix76,
              "${var.prefix76}*",
              var.prefix77,
              "${var.prefix77}*",
              var.prefix78,
              "${var.prefix78}*",
              var.prefix79,
              "${var.prefix79}*",
              var.prefix80,
              "${var.prefix80}*",
              var.prefix81,
              "${var.prefix81}*",
              var.prefix82,
              "${var.prefix82}*",
              var.prefix83,
              "${var.prefix83}*",
              var.prefix84,
              "${var.prefix84}*",
              var.prefix85,
              "${var.prefix85}*",
              var.prefix86,
              "${var.prefix86}*",
              var.prefix87,
              "${var.prefix87}*",
              var.prefix88,
              "${var.prefix88}*",
              var.prefix89,
              "${var.prefix89}*",
              var.prefix90,
              "${var.prefix90}*",
              var.prefix91,
              "${var.prefix91}*",
              var.prefix92,
              "${var.prefix92}*",
              var.prefix93,
              "${var.prefix93}*",
              var.prefix94,
              "${var.prefix94}*",
              var.prefix95,
              "${var.prefix95}*",
              var.prefix96,
              "${var.prefix96}*",
              var.prefix97,
              "${var.prefix97}*",
              var.prefix98,
              "${var.prefix98}*",
              var.prefix99,
              "${var.prefix99}*",
              var.prefix100,
              "${var.prefix100}*",
              var.prefix101,
              "${var.prefix101}*",
              var.prefix102,
              "${var.prefix102}*",
              var.prefix103,
              "${var.prefix103}*",
              var.prefix104,
              "${var.prefix104}*",
              var.prefix105,
              "${var.prefix105}*",
              var.prefix106,
              "${var.prefix106}*",
              var.prefix107,
              "${var.prefix107}*",
              var.prefix108,
              "${var.prefix108}*",
              var.prefix109,
              "${var.prefix109}*",
              var.prefix110,
              "${var.prefix110}*",
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
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix71}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix72}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix73}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix74}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix75}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix76}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix77}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix78}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix79}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix80}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix81}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix82}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix83}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix84}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix85}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix86}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix87}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix88}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix89}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix90}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix91}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix92}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix93}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix94}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix95}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix96}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix97}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix98}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix99}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix100}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix101}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix102}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix103}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix104}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix105}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix106}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix107}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix108}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix109}*",
          "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/${var.prefix110}*",
        ]
      },
    ]
  })
}

output "role_arn" {
  description = "ARN of the role"
  value       = aws_iam_role.sluice.arn
}
