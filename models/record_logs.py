"""Records logs of common tools on this machine, offline: verbose builds, import traces, package tools, system calls.

Each recording is the merged stdout and stderr of one command, written to `<folder>/<name>.log`. Commands that are not
installed or fail are skipped with a note on stderr (an empty or tiny recording carries nothing).
"""
import os
import shutil
import subprocess
import sys
import tempfile

LIMIT_BYTES = 600_000
WIDE_MODULES = (
    "ast bz2 cProfile calendar cgi cmd code codecs concurrent.futures configparser copy ctypes dbm decimal difflib dis doctest email.policy "
    "encodings.idna fractions ftplib gettext graphlib gzip html.parser http.server imaplib importlib.metadata inspect ipaddress lzma mailbox "
    "mimetypes multiprocessing.pool netrc optparse pathlib pdb pickletools pkgutil plistlib poplib pprint pydoc queue random sched secrets "
    "selectors shelve shlex smtplib socketserver ssl statistics string subprocess symtable telnetlib tempfile textwrap timeit tkinter tokenize "
    "traceback turtle typing urllib.request uuid venv wave webbrowser wsgiref.simple_server xml.sax xmlrpc.client zipapp zoneinfo"
).split()
WIDE_PROGRAMS = (
    "ls cat cp date df du env find grep sed awk sort uniq tar gzip xz bzip2 perl git make cmake gcc g++ clang ld as ar nm objdump readelf strip "
    "openssl curl wget ssh bash dash sh ps top free id groups mount stat tail head tee touch tr wc xargs zip unzip m4 autoconf bison flex gdb "
    "python3 ninja rsync dpkg apt-get apt-cache man less file locale node npm java sqlite3 vim nano diff patch cmp comm cut"
).split()
WIDE_FOLDERS = "/usr/share/doc /usr/include /usr/lib/python3 /usr/share/perl /usr/lib/x86_64-linux-gnu /usr/share/man /var/lib/dpkg/info /usr/src /opt /usr/share/icons".split()
HELLO = '#include <algorithm>\n#include <cstdio>\n#include <map>\n#include <string>\n#include <vector>\nint main() { std::map<std::string, std::vector<int>> m; std::puts("hi"); return (int)m.size(); }\n'
IMPORTS = (
    "argparse json http.client",
    "asyncio email.mime.text",
    "unittest xml.dom.minidom sqlite3",
    "numpy",
    "distutils.core concurrent.futures csv",
    "logging.config multiprocessing",
    "ctypes curses tarfile zipfile",
)
CMAKE = (
    "cmake_minimum_required(VERSION 3.16)\nproject(sample CXX)\nfind_package(Threads)\ninclude(CheckIncludeFileCXX)\n"
    "foreach(h vector string map thread sys/epoll.h nothere.h)\n check_include_file_cxx(${h} HAVE_${h})\nendforeach()\n"
    'foreach(i RANGE 1 12)\n file(WRITE ${CMAKE_BINARY_DIR}/s${i}.cpp "int f${i}(int a) { unsigned b = -1; return a + ${i}; }")\n'
    " add_library(lib${i} ${CMAKE_BINARY_DIR}/s${i}.cpp)\n target_compile_options(lib${i} PRIVATE -Wall -Wextra)\nendforeach()\n"
    "add_executable(hello hello.cpp)\ntarget_link_libraries(hello Threads::Threads lib1 lib2)\n"
)
MAKEFILE = (
    "OBJS := "
    + " ".join(f"m{i}.o" for i in range(12))
    + "\nall: prog\nprog: $(OBJS) main.o\n\t$(CXX) -o $@ $^\nm%.cpp:\n\techo 'int g$*() { int unused; return $*; }' > $@\n"
    "main.o: hello.cpp\n\t$(CXX) -Wall -c -o $@ $<\n%.o: %.cpp\n\t$(CXX) -Wall -c -o $@ $<\nclean:\n\trm -f *.o prog\n"
)


def commands():
    """Returns a list of (name, shell command); each runs in a scratch folder that holds hello.cpp, CMakeLists.txt and Makefile."""
    python = sys.executable
    rows = [
        ("python-v-%d" % i, "; ".join(f"{python} -v -c 'import {m}'" for m in modules.split()))
        for i, modules in enumerate(IMPORTS)
    ]
    rows += [
        ("python-importtime", f"{python} -X importtime -c 'import asyncio, unittest, email, http.client, xml.dom'"),
        (
            "python-unittest",
            f"{python} -m unittest -v test.test_json 2>&1 || {python} -c 'import this, calendar; print(calendar.calendar(2024))'",
        ),
        ("gcc-v", "g++ -v -H -O2 -c hello.cpp -o h.o; g++ -v h.o -o h; gcc -v -E -x c /dev/null"),
        ("clang-v", "clang++ -v -H -c hello.cpp -o h.o; clang++ -### -O3 hello.cpp"),
        ("gcc-time", "g++ -ftime-report -fmem-report -Q -O2 -c hello.cpp"),
        ("ld-trace", "g++ hello.cpp -o h -Wl,--trace,--verbose,-Map=/dev/stdout"),
        (
            "cmake",
            "cmake -S . -B b1 -G Ninja --log-level=TRACE; cmake --build b1 -v; cmake --build b1 -t clean; cmake --build b1",
        ),
        ("cmake-make", "cmake -S . -B b2; cmake --build b2; touch hello.cpp; make -C b2 VERBOSE=1"),
        ("cmake-trace", "cmake -S . -B b3 -G Ninja --trace-expand 2>&1 | head -c 300000"),
        (
            "ninja",
            "cmake -S . -B b4 -G Ninja >/dev/null; ninja -C b4 -d explain -d stats -v; ninja -C b4 -t commands; ninja -C b4 -t graph",
        ),
        ("make-debug", "make -d 2>&1 | head -c 250000; make clean; make -n; make -j2; touch hello.cpp; make --trace"),
        ("strace-ls", "strace -f -tt ls -l /usr/lib"),
        ("strace-python", f"strace -tt {python} -c 'import json, socket'"),
        ("strace-git", "strace -r -f git --version; strace -c ls"),
        ("ltrace-ld", "LD_DEBUG=all ls 2>&1 | head -c 300000"),
        ("ld-libs", "LD_DEBUG=libs,files,statistics git --version"),
        (
            "git",
            'git init r; cd r; for i in $(seq 80); do echo line $i >> f$((i % 7)).txt; git add -A; GIT_TRACE=1 git -c user.name=dev -c user.email=dev@host.invalid commit -m "change $i"; done; git log --stat; git gc; git fsck -v',
        ),
        (
            "npm-silly",
            "npm ls -g --all --loglevel silly; npm init -y --loglevel silly; npm pack --dry-run --offline --loglevel silly /usr/lib/node_modules/npm; npm install --offline left-pad --loglevel silly",
        ),
        (
            "node-trace",
            "NODE_DEBUG=module,fs,timer,http node -e \"require('http'); require('fs').readdirSync('/usr')\"; node --trace-opt --trace-deopt --trace-gc -e \"let a=[];for(let i=0;i<3e6;i++){a.push({i,s:String(i)});if(a.length>5e4)a=[]}\"",
        ),
        (
            "node-test",
            "for i in 1 2 3; do node --test --test-reporter=tap; done; node -e \"for(let i=0;i<400;i++)console.log(JSON.stringify({level:['info','warn','debug'][i%3],ts:1700000000+i*7,msg:'request',path:'/api/v'+(i%3),status:[200,200,404,500][i%4],ms:(i*37)%211}))\"",
        ),
        ("java", "java -Xlog:gc*,class+load -version 2>&1 | head -c 200000"),
        ("tar", "tar czvf t.tgz /usr/share/perl/*/Pod /usr/share/cmake*/Templates; tar tvzf t.tgz"),
        ("find-ls", "find /usr/share/zoneinfo /usr/lib/gcc -ls | head -c 150000"),
        ("ls-lR", "ls -lR --time-style=full-iso /etc /usr/share/vim 2>&1 | head -c 150000"),
        ("rsync", "rsync -avvn --itemize-changes /usr/share/git-core/ x/; cp -rv /usr/share/git-core y; rm -rv y"),
        ("ps", "for i in 1 2 3 4 5 6; do ps -eo pid,ppid,stat,etime,pcpu,rss,comm; sleep 1; done"),
        ("vmstat", "vmstat 1 8; cat /proc/meminfo /proc/vmstat /proc/interrupts /proc/zoneinfo; free -m; df -h; mount"),
        ("dmesg", "dmesg"),
        ("journal", "journalctl --no-pager"),
        ("sysctl", "sysctl -a"),
        ("lscpu", "lscpu; lsblk; lspci; ip addr; ip route; ss -tan"),
        ("curl-v", "for i in 1 2 3; do curl -v http://127.0.0.1:9/; curl -sv file:///etc/hostname; done"),
        ("openssl", "openssl speed -seconds 1 sha256; openssl version -a; openssl ciphers -v"),
        (
            "shell-trace",
            'set -x; for i in $(seq 200); do x=$((i * i % 97)); test $x -gt 40 && y=big || y=small; echo "$i $x $y"; done',
        ),
        (
            "gdb",
            "g++ -g hello.cpp -o h; gdb -batch -ex 'break main' -ex run -ex bt -ex 'info registers' -ex 'info sharedlibrary' -ex 'disassemble' ./h",
        ),
        ("objdump", "g++ -g hello.cpp -o h; readelf -a h | head -c 80000; objdump -d h | head -c 60000"),
        ("perl", "perl -V; perl -MPod::Simple -e 'print map {\"$_\\n\"} sort %INC'"),
        (
            "pytest-like",
            f"{python} -m compileall -f -x 'lib2to3|test' /usr/lib/python3.11/json /usr/lib/python3.11/email /usr/lib/python3.11/asyncio -o 0 -d scratch 2>&1; {python} -m timeit -v 'sum(range(1000))'; {python} -m trace -t --ignore-dir=/nowhere -C . hello.py 2>&1 | head -c 100000",
        ),
    ]
    return rows


def wide_commands():
    """Returns more of the kinds that commands() has, for long trainings: about 20 MB in ten minutes of one core."""
    python = sys.executable
    rows = [(f"python-v-{100 + i}", f"{python} -v -c 'import {m}'") for i, m in enumerate(WIDE_MODULES)]
    for i, program in enumerate(p for p in WIDE_PROGRAMS if shutil.which(p)):
        path = shutil.which(program)
        rows += [
            (f"strace-programs-{i}", f"strace -f -tt {program} --version; strace -r {program} --help"),
            (f"ltrace-ld-{100 + i}", f"LD_DEBUG=all {program} --version 2>&1 | head -c 120000"),
            (f"objdump-{100 + i}", f"readelf -a {path} | head -c 60000; objdump -d {path} | head -c 40000"),
        ]
    for i, folder in enumerate(WIDE_FOLDERS):
        rows += [
            (f"find-ls-{100 + i}", f"find {folder} -ls | head -c 300000"),
            (f"ls-lR-{100 + i}", f"ls -lR --time-style=full-iso {folder} 2>&1 | head -c 300000"),
            (f"tar-{100 + i}", f"tar cvf /dev/null {folder} 2>&1 | head -c 100000; tar cf - {folder} 2>/dev/null | tar tvf - | head -c 200000"),
        ]
    for i, flags in enumerate(("-O0", "-O1 -g", "-O3 -march=native", "-O2 -std=c++17", "-Os -std=c++23", "-O2 -Wall -Wextra -fsanitize=address")):
        rows += [
            (f"gcc-time-{100 + i}", f"g++ -ftime-report -fmem-report -Q {flags} -c hello.cpp"),
            (f"gcc-v-{100 + i}", f"g++ -v -H {flags} -c hello.cpp; clang++ -v -H {flags.replace('c++23', 'c++20')} -c hello.cpp"),
            (f"cmake-trace-{100 + i}", f"cmake -S . -B b -G Ninja '-DCMAKE_CXX_FLAGS={flags}' --trace 2>&1 | head -c 500000"),
            (f"cmake-{100 + i}", f"cmake -S . -B b -G Ninja '-DCMAKE_CXX_FLAGS={flags}' --log-level=TRACE --debug-output; ninja -C b -v"),
            (f"make-debug-{100 + i}", f"make -d 'CXX=g++ {flags}' 2>&1 | head -c 400000"),
        ]
    return rows


def record(folder, wide=False):
    """Runs every command and writes its output (at most LIMIT_BYTES) into `folder`; takes about two minutes of one core."""
    os.makedirs(folder, exist_ok=True)
    for name, command in wide_commands() if wide else commands():
        scratch = tempfile.mkdtemp(prefix="sample-")
        for file_name, text in (
            ("hello.cpp", HELLO),
            ("CMakeLists.txt", CMAKE),
            ("Makefile", MAKEFILE),
            (
                "hello.py",
                "import json\nfor i in range(50):\n    print(json.loads(json.dumps({'i': i, 's': [i] * 3})))\n",
            ),
        ):
            with open(os.path.join(scratch, file_name), "w") as file:
                file.write(text)
        try:
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=scratch,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=60,
            )
            output = done.stdout[:LIMIT_BYTES]
        except subprocess.TimeoutExpired as error:
            output = (error.stdout or b"")[:LIMIT_BYTES]
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        output = output.replace(scratch.encode(), b"/home/dev/sample")
        if len(output) < 500:
            print(f"skipped {name}: {len(output)} bytes", file=sys.stderr)
            continue
        with open(os.path.join(folder, name + ".log"), "wb") as file:
            file.write(output)


if __name__ == "__main__":
    record(sys.argv[1], wide="--wide" in sys.argv[2:])
