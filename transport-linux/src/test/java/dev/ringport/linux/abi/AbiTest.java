// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

import dev.ringport.testkit.abi.CCompiler;
import dev.ringport.testkit.abi.Declared;
import dev.ringport.testkit.abi.HeaderJudge;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Structs and constants against the headers of the system that the tests run on. */
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
            """;

    private static final List<Class<?>> STRUCTS = Declared.structsAndShared(Msghdr.class);
    private static final int FEWEST_STRUCTS = 9;
    private static final int LAST_ERROR_NUMBER = 133;

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
        HeaderJudge judge = judge();
        for (Class<?> holder : List.of(SocketConstants.class, Errno.class)) {
            Map<String, Long> constants = Declared.constants(holder, false);
            assertThat(constants).as(holder.getSimpleName()).hasSizeGreaterThan(20);
            judge.constants(constants);
        }
        judge.assertHold();
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
        assertThat(names).hasSizeGreaterThan(LAST_ERROR_NUMBER - 4);
        judge().constants(names).assertHold();
    }

    @Test
    void aFailureIsToldByCallNameMeaningAndNumberAlsoWhereTheNumberHasNoName() {
        assertThat(Errno.exception("sendmsg", Errno.ENETUNREACH))
                .hasMessage("sendmsg failed: ENETUNREACH: Network is unreachable (errno 101)");
        assertThat(Errno.exception("sendmsg", 126))
                .hasMessage("sendmsg failed: ENOKEY: Required key not available (errno 126)");
        assertThat(Errno.exception("sendmsg", 4095))
                .hasMessage("sendmsg failed: an error without a name (errno 4095)");
    }

    @Test
    void aWrongOffsetSizeValueOrNameIsRefused() {
        StructLayout swapped = MemoryLayout
                .structLayout(ValueLayout.JAVA_LONG.withName("iov_len"), ValueLayout.JAVA_LONG.withName("iov_base"));
        StructLayout narrow = MemoryLayout.structLayout(ValueLayout.JAVA_LONG.withName("iov_base"),
                ValueLayout.JAVA_INT.withName("iov_len"), MemoryLayout.paddingLayout(4));
        StructLayout shorter = MemoryLayout.structLayout(ValueLayout.JAVA_LONG.withName("iov_base"));

        assertThat(judge().struct("iovec", swapped).check().output()).contains("iovec.iov_base is not at 8");
        assertThat(judge().struct("iovec", narrow).check().output()).contains("iovec.iov_len has not 4 bytes");
        assertThat(judge().struct("iovec", shorter).check().output()).contains("iovec has not 8 bytes");
        assertThat(judge().constants(Map.of("AF_INET", 3L)).check().output()).contains("AF_INET is not 3");
        assertThat(judge().constants(Map.of("AF_NO_SUCH", 3L)).check().output()).contains("'AF_NO_SUCH' undeclared");
    }

    private HeaderJudge judge() {
        return new HeaderJudge(compiler, INCLUDES, "struct ", STRUCTS, Map.of());
    }
}
