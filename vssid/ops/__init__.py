"""Operations: health, metrics, logging, request ids, deploy checks. Nothing here knows the domain."""
