// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Structs, constants and numbers of system calls against the headers of the system that the tests run on. */
class AbiTest {
    private static final String INCLUDES = """
            #define _GNU_SOURCE
            #include <stddef.h>
            #include <errno.h>
            #include <poll.h>
            #include <sys/eventfd.h>
            #include <sys/ioctl.h>
            #include <sys/mman.h>
            #include <sys/socket.h>
            #include <sys/syscall.h>
            #include <sys/uio.h>
            #include <netinet/in.h>
            #include <netinet/udp.h>
            #include <linux/in6.h>
            #define udphdr linux_udphdr
            #include <linux/udp.h>
            #undef udphdr
            #include <linux/sockios.h>
            #include <linux/time_types.h>
            #include <linux/io_uring.h>
            """;

    /** A release of the kernel. */
    private record Release(int major, int minor) {
        int code() {
            return (major << 16) + (minor << 8);
        }

        @Override
        public String toString() {
            return "Linux " + major + "." + minor;
        }
    }

    /** Constants that the headers of some supported system may lack, and the release that brought them. */
    private static final Map<String, Release> NEWER = Map.of("IORING_SETUP_NO_SQARRAY", new Release(6, 6));

    /** Members that later headers call otherwise. */
    private static final Map<String, String> RENAMED = Map.of(
            "io_sqring_offsets.resv2", "user_addr",
            "io_cqring_offsets.resv2", "user_addr",
            "io_uring_buf_reg.pad", "flags",
            "io_uring_getevents_arg.pad", "min_wait_usec");

    private static final int FEWEST_STRUCTS = 17;
    private static final int LAST_ERROR_NUMBER = 133;

    @TempDir
    Path directory;

    private CCompiler compiler;

    @BeforeEach
    void findCompiler() {
        compiler = CCompiler.in(directory);
    }

    @Test
    void everyStructHasTheSizeAndTheMembersOfTheHeaders() {
        List<String> assertions = new ArrayList<>();
        List<Class<?>> structs = Declared.structs();
        for (Class<?> struct : structs) {
            StructLayout layout = Declared.layout(struct);
            assertions.addAll(assertions(layout.name().orElseThrow(), layout));
        }
        assertThat(structs).hasSizeGreaterThanOrEqualTo(FEWEST_STRUCTS);
        assertHold(assertions);
    }

    @Test
    void everyConstantHasTheValueOfTheHeaders() {
        List<String> assertions = new ArrayList<>();
        for (Class<?> holder : List.of(IoUringConstants.class, SocketConstants.class, Errno.class)) {
            Map<String, Long> constants = Declared.constants(holder, false);
            assertThat(constants).as(holder.getSimpleName()).hasSizeGreaterThan(20);
            assertions.addAll(assertions(constants));
        }
        assertHold(assertions);
    }

    @Test
    void everyErrorNumberIsDescribedByTheNameOfTheHeaders() {
        Map<String, Long> names = new TreeMap<>();
        for (int errno = 1; errno <= LAST_ERROR_NUMBER; errno++) {
            String description = Errno.describe(errno);
            int colon = description.indexOf(':');
            if (colon > 0) {
                names.put(description.substring(0, colon), (long) errno);
            }
        }
        assertThat(names).hasSizeGreaterThan(20);
        assertHold(assertions(names));
    }

    @Test
    void theNumbersOfSystemCallsAreThoseOfTheHeaders() {
        Map<String, Long> numbers = new TreeMap<>();
        Declared.constants(Linux.class, true).forEach((name, number) -> {
            if (name.startsWith("SYS_")) {
                numbers.put("SYS_" + name.substring("SYS_".length()).toLowerCase(Locale.ROOT), number);
            }
        });
        assertThat(numbers).containsKeys("SYS_io_uring_setup", "SYS_io_uring_enter", "SYS_io_uring_register");
        assertHold(assertions(numbers));
    }

    @Test
    void aWrongOffsetSizeValueOrNameIsRefused() {
        StructLayout swapped = MemoryLayout
                .structLayout(ValueLayout.JAVA_LONG.withName("iov_len"), ValueLayout.JAVA_LONG.withName("iov_base"));
        StructLayout narrow = MemoryLayout.structLayout(ValueLayout.JAVA_LONG.withName("iov_base"),
                ValueLayout.JAVA_INT.withName("iov_len"), MemoryLayout.paddingLayout(4));
        StructLayout shorter = MemoryLayout.structLayout(ValueLayout.JAVA_LONG.withName("iov_base"));

        assertThat(check(assertions("iovec", swapped)).output()).contains("iovec.iov_base is not at 8");
        assertThat(check(assertions("iovec", narrow)).output()).contains("iovec.iov_len has not 4 bytes");
        assertThat(check(assertions("iovec", shorter)).output()).contains("iovec has not 8 bytes");
        assertThat(check(assertions(Map.of("AF_INET", 3L))).output()).contains("AF_INET is not 3");
        assertThat(check(assertions(Map.of("AF_NO_SUCH", 3L))).output()).contains("'AF_NO_SUCH' undeclared");
    }

    private List<String> assertions(Map<String, Long> constants) {
        List<String> assertions = new ArrayList<>();
        constants.forEach((name, value) -> {
            if (!isUnchecked(name)) {
                assertions.add(assertion(name + " == " + value + "LL", name + " is not " + value));
            }
        });
        return assertions;
    }

    /** A newer constant that the headers have is checked like all, and one that they should have is missed. */
    private boolean isUnchecked(String name) {
        Release since = NEWER.get(name);
        if (since == null || compiler.knows(INCLUDES, name) || headersRelease() >= since.code()) {
            return false;
        }
        System.out.println("unchecked: " + name + " (" + since + ")");
        return true;
    }

    private int headersRelease() {
        return Integer.parseInt(compiler.linesOf("""
                #include <linux/version.h>
                #include <stdio.h>
                int main(void) { printf("%d\\n", LINUX_VERSION_CODE); return 0; }
                """).getFirst());
    }

    private List<String> assertions(String struct, StructLayout layout) {
        List<String> assertions = new ArrayList<>();
        long bytes = layout.byteSize();
        assertions.add(assertion("sizeof(struct " + struct + ") == " + bytes, struct + " has not " + bytes + " bytes"));
        addMembers(assertions, struct, "", 0, layout);
        return assertions;
    }

    private void addMembers(List<String> assertions, String struct, String prefix, long base, GroupLayout layout) {
        for (MemoryLayout member : layout.memberLayouts()) {
            if (member instanceof PaddingLayout) {
                continue;
            }
            String declared = member.name().orElseThrow();
            long at = base + layout.byteOffset(PathElement.groupElement(declared));
            String name = prefix + nameInHeaders(struct, prefix, layout, declared);
            String said = struct + "." + name;
            assertions.add(
                    assertion("offsetof(struct " + struct + ", " + name + ") == " + at, said + " is not at " + at));
            assertions.add(assertion("sizeof(((struct " + struct + " *) 0)->" + name + ") == " + member.byteSize(),
                    said + " has not " + member.byteSize() + " bytes"));
            if (member instanceof GroupLayout nested) {
                addMembers(assertions, struct, name + ".", at, nested);
            }
        }
    }

    private String nameInHeaders(String struct, String prefix, GroupLayout layout, String declared) {
        String owner = prefix.isEmpty() ? struct : nestedStruct(layout);
        String later = RENAMED.get(owner + "." + declared);
        boolean known = later == null || compiler.knows(INCLUDES, "offsetof(struct " + owner + ", " + declared + ")");
        return known ? declared : later;
    }

    private static String nestedStruct(GroupLayout nested) {
        return Declared.structs()
                .stream()
                .map(Declared::layout)
                .filter(layout -> layout.memberLayouts().equals(nested.memberLayouts()))
                .findFirst()
                .flatMap(MemoryLayout::name)
                .orElse("");
    }

    private static String assertion(String condition, String message) {
        return "_Static_assert(" + condition + ", \"" + message + "\");";
    }

    private CCompiler.Outcome check(List<String> assertions) {
        return compiler.check(INCLUDES + String.join("\n", assertions) + "\n");
    }

    private void assertHold(List<String> assertions) {
        CCompiler.Outcome outcome = check(assertions);
        assertThat(outcome.isClean()).as(outcome.output()).isTrue();
    }
}
