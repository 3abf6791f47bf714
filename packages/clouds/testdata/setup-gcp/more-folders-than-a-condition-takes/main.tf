terraform {
  required_version = ">= 1.3"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 5.0"
    }
  }
}

variable "project_id" {
  description = "Project of the buckets, in which everything is made"
  type        = string
  default     = "acme-data"
}

variable "pool_id" {
  description = "Id of the workload identity pool"
  type        = string
  default     = "sluice-lake"
}

variable "provider_id" {
  description = "Id of the provider in the pool"
  type        = string
  default     = "sluice"
}

variable "custom_role_id" {
  description = "Id of the custom role"
  type        = string
  default     = "sluice_lake"
}

provider "google" {
  project = var.project_id
}

resource "google_iam_workload_identity_pool" "sluice" {
  project                   = var.project_id
  workload_identity_pool_id = var.pool_id
  display_name              = "Sluice"
  description               = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}

resource "google_iam_workload_identity_pool_provider" "sluice" {
  project                            = var.project_id
  workload_identity_pool_id          = google_iam_workload_identity_pool.sluice.workload_identity_pool_id
  workload_identity_pool_provider_id = var.provider_id
  display_name                       = "Sluice"
  description                        = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
  attribute_mapping = {
    "google.subject" = "assertion.sub"
  }
  attribute_condition = "assertion.sub == 'organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2'"

  oidc {
    issuer_uri = "https://sluice.example.com"
  }
}

resource "google_project_iam_custom_role" "sluice" {
  project     = var.project_id
  role_id     = var.custom_role_id
  title       = "Sluice"
  description = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
  permissions = [
    "storage.buckets.get",
    "storage.objects.list",
    "storage.objects.get",
  ]
}

resource "google_storage_bucket_iam_member" "sluice_1" {
  bucket = "acme-lake"
  role   = google_project_iam_custom_role.sluice.name
  member = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.sluice.name}/subject/organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"

  condition {
    title       = "sluice-1"
    description = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
    expression  = "resource.type == 'storage.googleapis.com/Bucket' || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t0/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t1/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t2/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t3/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t4/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t5/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t6/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t7/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t8/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t9/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t10/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t11/')"
  }
}

resource "google_storage_bucket_iam_member" "sluice_2" {
  bucket = "acme-lake"
  role   = google_project_iam_custom_role.sluice.name
  member = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.sluice.name}/subject/organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"

  condition {
    title       = "sluice-2"
    description = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
    expression  = "resource.type == 'storage.googleapis.com/Bucket' || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t12/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t13/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t14/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t15/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t16/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t17/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t18/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t19/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t20/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t21/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t22/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t23/')"
  }
}

resource "google_storage_bucket_iam_member" "sluice_3" {
  bucket = "acme-lake"
  role   = google_project_iam_custom_role.sluice.name
  member = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.sluice.name}/subject/organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"

  condition {
    title       = "sluice-3"
    description = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
    expression  = "resource.type == 'storage.googleapis.com/Bucket' || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t24/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t25/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t26/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t27/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t28/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/tenants/t29/')"
  }
}

output "provider" {
  description = "Name of the workload identity provider"
  value       = google_iam_workload_identity_pool_provider.sluice.name
}
