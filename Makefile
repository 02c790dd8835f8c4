# Two commands: `make demo` shows what this is, `make test` checks it.
# Both make a virtual environment in .venv first, which takes minutes once and nothing after.

VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
PAGE := $(wildcard web/*.json web/*.html web/*.ts web/src/*.* web/src/*/*.*)

.PHONY: demo test nodes-check notebooks page-test trackers versions release-check ray-check docs bench gpu-check mutants clean

demo: $(VENV)/.demo
	$(BIN)/latentscape demo

# Bytecode is kept, also where the system is told not to: each process would compile all modules anew.
test: $(VENV)/.test
	@echo "style, types and floors …"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy && $(BIN)/lint-imports --cache-dir $(VENV)/.import_linter
	@echo "tests …"
	@OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist worksteal

# One large run on several machines, of one process each, one of which is lost: a minute.
nodes-check: $(VENV)/.test
	@OMP_NUM_THREADS=1 $(BIN)/pytest -m nodes tests/training/test_nodes.py

# The tutorial's notebooks as they are downloaded, cell by cell in a kernel: they train their models.
notebooks: $(VENV)/.notebooks
	@OMP_NUM_THREADS=1 $(BIN)/pytest -m notebooks tests/test_notebooks.py

# The explorer in a real browser: needs Chromium, which the system's packages bring.
page-test: $(VENV)/.page
	@echo "the page's modules …"
	@npm --prefix web run --silent check && npm --prefix web run --silent test
	@echo "the page in a browser …"
	@OMP_NUM_THREADS=1 $(BIN)/pytest tests/page -m page

# Trackers and the hub with their own packages, a real MLflow server and a stand-in for the hub, in an
# environment of their own: MLflow wants an older pyarrow than constraints.txt, and trackio, which is
# tried where it is there, an older pillow than latentscape.
TRACKERS ?= .venv-trackers
trackers:
	@$(PYTHON) -m venv $(TRACKERS)
	@$(TRACKERS)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[test,tensorboard,mlflow,wandb,hub]'
	@$(TRACKERS)/bin/python -m pytest -m trackers tests/tracking

# The lowest and the highest allowed versions of every dependency, in each Python that uv finds or
# brings: a few minutes each, 2 GB at a time. Where no index has a torch for the CPU alone, name the one
# that there is: make versions PYTHONS='3.11 /opt/python3.12/bin/python' TORCH=2.13.0+cpu
VERSIONS ?= .venv-versions
PYTHONS ?= 3.11 3.12 3.13 3.14
TORCH ?=
versions: $(VERSIONS)/bin/uv
	@PATH="$(abspath $(VERSIONS))/bin:$$PATH" $(VERSIONS)/bin/python -m tests.versions --verbose \
		--pythons $(PYTHONS) $(if $(TORCH),--torch $(TORCH))

$(VERSIONS)/bin/uv:
	@$(PYTHON) -m venv $(VERSIONS)
	@$(VERSIONS)/bin/python -m pip install --quiet --disable-pip-version-check uv build twine hatchling

# What a release is made of, used as somebody would who has only that: about five minutes.
release-check: $(VERSIONS)/bin/uv
	@$(VERSIONS)/bin/python -m tests.release

# Sweeps and encodings on Ray, with clusters of this machine: in an environment of their own, since
# Ray is large and only those who have several machines want it.
RAY ?= .venv-ray
ray-check:
	@$(PYTHON) -m venv $(RAY)
	@$(RAY)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,ray]'
	@OMP_NUM_THREADS=1 $(RAY)/bin/python -m pytest -m ray tests/sweeps tests/evaluation

# The documentation, into site/: the tutorial's code runs, and anything amiss stops it.
docs: $(VENV)/.docs
	@echo "the documentation (the tutorial trains its models) …"
	@OMP_NUM_THREADS=1 NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "open site/index.html, or see it change as you write: $(BIN)/python -m mkdocs serve"

$(VENV)/bin/python:
	@echo "making a virtual environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml constraints.txt $(PAGE) | $(VENV)/bin/python
	@echo "installing latentscape into $(VENV) (minutes the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.demo
	@echo "installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

$(VENV)/.notebooks: $(VENV)/.test
	@echo "installing what runs notebooks …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,kernel]'
	@touch $@

$(VENV)/.page: $(VENV)/.test
	@echo "installing what the page's tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,page]'
	@touch $@

$(VENV)/.docs: $(VENV)/.demo
	@echo "installing what the documentation needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@touch $@

# How fast training is here, beside plain loops: MNIST is downloaded once. About ten minutes.
bench: $(VENV)/.demo
	@$(BIN)/python benchmarks/speed.py same --rounds 3
	@$(BIN)/python benchmarks/speed.py ceiling

# What a GPU gives here, and whether it is right: eight minutes, results in gpu-check/. Where a torch
# for that GPU is installed elsewhere, with all that latentscape needs: GPU_PYTHON=python3.
GPU_PYTHON ?= $(BIN)/python
gpu-check: $(if $(filter $(BIN)/python,$(GPU_PYTHON)),$(VENV)/.test)
	@PYTHONPATH=src:$$PYTHONPATH $(GPU_PYTHON) -m benchmarks.gpu

# Which changes of the code no test notices, in the packages whose conclusions people read. Hours for
# all of them; minutes for one module: make mutants ONLY='latentscape.latent.usage*'; half an hour or
# so for some of each package, drawn by SEED: make mutants SAMPLE=20
ONLY ?=
SAMPLE ?=
SEED ?= 0
mutants: export OMP_NUM_THREADS := 1
mutants: export PATH := $(abspath $(BIN)):$(PATH)
mutants: $(VENV)/.mutants
ifdef SAMPLE
	@$(BIN)/python -m benchmarks.mutants $(SAMPLE) --seed $(SEED)
else
	@$(BIN)/mutmut run $(if $(ONLY),'$(ONLY)')
	@$(BIN)/mutmut results
endif

$(VENV)/.mutants: $(VENV)/.test
	@echo "installing what the mutants need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,mutants]'
	@touch $@

clean:
	rm -rf $(VENV) demo site gpu-check mutants
