"""Moving out: links and clicks as files, an account as one archive, and redirects that outlive the service."""
