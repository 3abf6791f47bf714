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

resource "google_storage_bucket_iam_member" "sluice" {
  bucket = "acme-lake"
  role   = google_project_iam_custom_role.sluice.name
  member = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.sluice.name}/subject/organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"

  condition {
    title       = "sluice"
    description = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
    expression  = "resource.type == 'storage.googleapis.com/Bucket' || resource.name.startsWith('projects/_/buckets/acme-lake/objects/data/')"
  }
}

output "provider" {
  description = "Name of the workload identity provider"
  value       = google_iam_workload_identity_pool_provider.sluice.name
}
