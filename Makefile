.PHONY: test run

# Everything that must hold; sets up what is missing first.
test:
	@.ci/test

# A server for trying things out, at http://127.0.0.1:8080.
run:
	cargo run --release
