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

variable "service_account_id" {
  description = "Service account, the part before the @"
  type        = string
  default     = "sluice-lake"
}

variable "custom_role_id" {
  description = "Id of the custom role"
  type        = string
  default     = "sluice_lake"
}

provider "google" {
  project = var.project_id
}

resource "google_service_account" "sluice" {
  project      = var.project_id
  account_id   = var.service_account_id
  display_name = "Sluice"
  description  = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
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
  member = google_service_account.sluice.member

  condition {
    title       = "sluice"
    description = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
    expression  = "resource.type == 'storage.googleapis.com/Bucket' || resource.name.startsWith('projects/_/buckets/acme-lake/objects/data/')"
  }
}

output "service_account" {
  description = "The service account"
  value       = google_service_account.sluice.email
}
