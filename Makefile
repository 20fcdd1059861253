# A front for Meson: each target installs what is missing and does everything it needs.
BUILD ?= build
SAN   ?= build-asan
# The system's Python: the packages of tools/packages.txt are installed for that one.
MESON ?= /usr/bin/python3 /usr/bin/meson

.PHONY: all demo test guest bench lint install format clean fuzz

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	tools/setup.sh build test
	$(MESON) setup $(BUILD)

$(SAN)/build.ninja:
	tools/setup.sh build test
	CC=clang $(MESON) setup $(SAN) -Db_sanitize=address,undefined -Db_lundef=false

demo: all
	tools/demo.sh $(BUILD)

# gcc, and clang with ASan and UBSan: every test runs in both.
test: all $(SAN)/build.ninja guest
	ninja -C $(SAN)
	status=0; \
	$(MESON) test -C $(BUILD) --print-errorlogs || status=1; \
	$(MESON) test -C $(SAN) --print-errorlogs || status=1; \
	python3 tools/test_summary.py $(BUILD) $(SAN) || status=1; \
	exit $$status

# Where the guest cannot be built its tests are skipped, and say why.
guest:
	tools/setup.sh guest || true
	tests/guest/build_kernel.sh || true
	tests/guest/build_pyocd.sh || true

bench: all
	tools/setup.sh bench
	bench/run.py $(BUILD)

lint: $(SAN)/build.ninja
	tools/setup.sh lint
	tools/lint.sh $(SAN)

fuzz:
	tools/setup.sh build test
	tools/fuzz.sh

install: all
	$(MESON) install -C $(BUILD)

format:
	tools/setup.sh lint
	clang-format-14 -i $$(git ls-files '*.[ch]')

clean:
	rm -rf $(BUILD) $(SAN) build-fuzz
