// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import dev.ringport.testkit.abi.CCompiler;
import dev.ringport.testkit.abi.Declared;
import dev.ringport.testkit.abi.HeaderJudge;
import java.nio.file.Path;
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
            #include <sys/syscall.h>
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
    private static final Map<String, Release> NEWER = Map.of(
            "IORING_SETUP_NO_SQARRAY", new Release(6, 6),
            "IORING_FEAT_NO_IOWAIT", new Release(6, 15),
            "IORING_ENTER_NO_IOWAIT", new Release(6, 15));

    /** Members that later headers call otherwise. */
    private static final Map<String, String> RENAMED = Map.of(
            "io_sqring_offsets.resv2", "user_addr",
            "io_cqring_offsets.resv2", "user_addr",
            "io_uring_buf_reg.pad", "flags",
            "io_uring_getevents_arg.pad", "min_wait_usec");

    private static final List<Class<?>> STRUCTS = Declared.structs(IoUringSqe.class);
    private static final int FEWEST_STRUCTS = 9;

    @TempDir
    Path directory;

    private CCompiler compiler;

    @BeforeEach
    void findCompiler() {
        compiler = CCompiler.in("gcc", directory);
    }

    @Test
    void everyStructHasTheSizeAndTheMembersOfTheHeaders() {
        assertThat(STRUCTS).hasSizeGreaterThanOrEqualTo(FEWEST_STRUCTS);
        judge().structs().assertHold();
    }

    @Test
    void everyConstantHasTheValueOfTheHeaders() {
        Map<String, Long> constants = Declared.constants(IoUringConstants.class, false);
        assertThat(constants).hasSizeGreaterThan(20);
        judge().constants(constants, this::isChecked).assertHold();
    }

    @Test
    void theNumbersOfSystemCallsAreThoseOfTheHeaders() {
        Map<String, Long> numbers = new TreeMap<>();
        Declared.constants(IoUringCalls.class, true).forEach((name, number) -> {
            if (name.startsWith("SYS_")) {
                numbers.put("SYS_" + name.substring("SYS_".length()).toLowerCase(Locale.ROOT), number);
            }
        });
        assertThat(numbers).containsKeys("SYS_io_uring_setup", "SYS_io_uring_enter", "SYS_io_uring_register");
        judge().constants(numbers).assertHold();
    }

    private HeaderJudge judge() {
        return new HeaderJudge(compiler, INCLUDES, "struct ", STRUCTS, RENAMED);
    }

    private boolean isChecked(String name) {
        return !isUnchecked(name);
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
}
