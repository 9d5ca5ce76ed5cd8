// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import dev.ringport.testkit.abi.CCompiler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The bytes that Java writes against those of a C program that fills the same struct. */
class StructBytesTest {
    private static final String PROGRAM = """
            #include <linux/io_uring.h>
            #include <stdio.h>
            #include <string.h>

            int main(void) {
                struct io_uring_sqe sqe;
                memset(&sqe, 0, sizeof sqe);
                sqe.opcode = 0xf1;
                sqe.flags = 0xe2;
                sqe.ioprio = 0xd304;
                sqe.fd = 0x51627384;
                sqe.addr2 = 0x0102030405060708ULL;
                sqe.addr = 0xf1e2d3c4b5a69788ULL;
                sqe.len = 0x91a2b3c4;
                sqe.msg_flags = 0x11223344;
                sqe.user_data = 0x8877665544332211ULL;
                sqe.buf_group = 0xabcd;
                sqe.personality = 0x9f01;
                sqe.addr_len = 0x801c;
                sqe.addr3 = 0x0a1b2c3d4e5f6071ULL;
                for (size_t i = 0; i < sizeof sqe; i++) printf("%02x", ((const unsigned char *) &sqe)[i]);
                printf("\\n");
                return 0;
            }
            """;
    private static final int ROOM = 128;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment memory = arena.allocate(ROOM, Long.BYTES);

    @Test
    void aSubmissionQueueEntryHasTheBytesThatCWrites(@TempDir Path directory) {
        IoUringSqe.opcode(memory, 0, 0xf1);
        IoUringSqe.flags(memory, 0, 0xe2);
        IoUringSqe.ioprio(memory, 0, 0xd304);
        IoUringSqe.fd(memory, 0, 0x51627384);
        IoUringSqe.addr2(memory, 0, 0x0102030405060708L);
        IoUringSqe.addr(memory, 0, 0xf1e2d3c4b5a69788L);
        IoUringSqe.len(memory, 0, 0x91a2b3c4);
        IoUringSqe.msgFlags(memory, 0, 0x11223344);
        IoUringSqe.userData(memory, 0, 0x8877665544332211L);
        IoUringSqe.bufGroup(memory, 0, 0xabcd);
        IoUringSqe.personality(memory, 0, 0x9f01);
        IoUringSqe.addrLen(memory, 0, 0x801c);
        IoUringSqe.addr3(memory, 0, 0x0a1b2c3d4e5f6071L);

        String written = HexFormat.of()
                .formatHex(memory.asSlice(0, IoUringSqe.BYTES).toArray(ValueLayout.JAVA_BYTE));
        assertThat(CCompiler.in("gcc", directory).linesOf(PROGRAM)).containsExactly(written);
        assertThat(IoUringSqe.opcode(memory, 0)).isEqualTo(0xf1);
    }
}
