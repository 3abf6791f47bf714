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

variable "service_account_id" {
  description = "Service account, the part before the @"
  type        = string
  default     = "loader"
}

variable "custom_role_id" {
  description = "Id of the custom role"
  type        = string
  default     = "acmeSluice"
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
    issuer_uri        = "https://sluice.example.com"
    allowed_audiences = ["https://sluice.example.com"]
  }
}

resource "google_service_account" "sluice" {
  project      = var.project_id
  account_id   = var.service_account_id
  display_name = "Sluice"
  description  = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}

resource "google_service_account_iam_member" "sluice" {
  service_account_id = google_service_account.sluice.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.sluice.name}/subject/organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"
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
    "storage.objects.create",
    "storage.objects.delete",
  ]
}

resource "google_storage_bucket_iam_member" "sluice_1" {
  bucket = "acme-lake"
  role   = google_project_iam_custom_role.sluice.name
  member = google_service_account.sluice.member

  condition {
    title       = "sluice"
    description = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
    expression  = "resource.type == 'storage.googleapis.com/Bucket' || resource.name.startsWith('projects/_/buckets/acme-lake/objects/data/') || resource.name.startsWith('projects/_/buckets/acme-lake/objects/more/')"
  }
}

resource "google_storage_bucket_iam_member" "sluice_2" {
  bucket = "acme-raw"
  role   = google_project_iam_custom_role.sluice.name
  member = google_service_account.sluice.member

  condition {
    title       = "sluice"
    description = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
    expression  = "resource.type == 'storage.googleapis.com/Bucket' || resource.name == 'projects/_/buckets/acme-raw/objects/manifest.json'"
  }
}

output "provider" {
  description = "Name of the workload identity provider"
  value       = google_iam_workload_identity_pool_provider.sluice.name
}

output "service_account" {
  description = "The service account"
  value       = google_service_account.sluice.email
}
