"""What adapters ask of the core besides handing over what people do."""
