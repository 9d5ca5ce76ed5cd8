// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * One submission queue entry, of the members that datagrams need.
 * Members that share a place in a union go by the name used here.
 *
 * <pre>{@code
 * struct io_uring_sqe {
 *     __u8  opcode;       // IORING_OP_*
 *     __u8  flags;        // IOSQE_*
 *     __u16 ioprio;       // IORING_RECV_MULTISHOT for receives
 *     __s32 fd;
 *     union { __u64 off; __u64 addr2; };      // socket address of a send
 *     union { __u64 addr; ... };              // buffer or msghdr
 *     __u32 len;
 *     union { __u32 msg_flags; __u32 poll32_events; __u32 cancel_flags; ... };
 *     __u64 user_data;    // comes back in the CQE
 *     union { __u16 buf_index; __u16 buf_group; };
 *     __u16 personality;
 *     union { __s32 splice_fd_in; struct { __u16 addr_len; __u16 __pad3[1]; }; };
 *     union { struct { __u64 addr3; __u64 __pad2[1]; }; ... };
 * };
 * }</pre>
 */
public final class IoUringSqe {
    /** {@code struct io_uring_sqe}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_BYTE.withName("opcode"),
            ValueLayout.JAVA_BYTE.withName("flags"),
            ValueLayout.JAVA_SHORT.withName("ioprio"),
            ValueLayout.JAVA_INT.withName("fd"),
            ValueLayout.JAVA_LONG.withName("addr2"),
            ValueLayout.JAVA_LONG.withName("addr"),
            ValueLayout.JAVA_INT.withName("len"),
            ValueLayout.JAVA_INT.withName("msg_flags"),
            ValueLayout.JAVA_LONG.withName("user_data"),
            ValueLayout.JAVA_SHORT.withName("buf_group"),
            ValueLayout.JAVA_SHORT.withName("personality"),
            ValueLayout.JAVA_SHORT.withName("addr_len"),
            MemoryLayout.paddingLayout(2),
            ValueLayout.JAVA_LONG.withName("addr3"),
            MemoryLayout.sequenceLayout(1, ValueLayout.JAVA_LONG).withName("__pad2"))
            .withName("io_uring_sqe");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle OPCODE = field("opcode");
    private static final VarHandle FLAGS = field("flags");
    private static final VarHandle IOPRIO = field("ioprio");
    private static final VarHandle FD = field("fd");
    private static final VarHandle ADDR2 = field("addr2");
    private static final VarHandle ADDR = field("addr");
    private static final VarHandle LEN = field("len");
    private static final VarHandle MSG_FLAGS = field("msg_flags");
    private static final VarHandle USER_DATA = field("user_data");
    private static final VarHandle BUF_GROUP = field("buf_group");
    private static final VarHandle PERSONALITY = field("personality");
    private static final VarHandle ADDR_LEN = field("addr_len");
    private static final VarHandle ADDR3 = field("addr3");

    private IoUringSqe() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code opcode}. */
    public static int opcode(MemorySegment struct, long base) {
        return Byte.toUnsignedInt((byte) OPCODE.get(struct, base));
    }

    /** Reads {@code fd}. */
    public static int fd(MemorySegment struct, long base) {
        return (int) FD.get(struct, base);
    }

    /** Reads {@code addr}. */
    public static long addr(MemorySegment struct, long base) {
        return (long) ADDR.get(struct, base);
    }

    /** Reads {@code user_data}. */
    public static long userData(MemorySegment struct, long base) {
        return (long) USER_DATA.get(struct, base);
    }

    /** Sets {@code opcode}. */
    public static void opcode(MemorySegment struct, long base, int value) {
        OPCODE.set(struct, base, (byte) value);
    }

    /** Sets {@code flags}. */
    public static void flags(MemorySegment struct, long base, int value) {
        FLAGS.set(struct, base, (byte) value);
    }

    /** Sets {@code ioprio}. */
    public static void ioprio(MemorySegment struct, long base, int value) {
        IOPRIO.set(struct, base, (short) value);
    }

    /** Sets {@code fd}. */
    public static void fd(MemorySegment struct, long base, int value) {
        FD.set(struct, base, value);
    }

    /** Sets {@code addr2}. */
    public static void addr2(MemorySegment struct, long base, long value) {
        ADDR2.set(struct, base, value);
    }

    /** Sets {@code addr}. */
    public static void addr(MemorySegment struct, long base, long value) {
        ADDR.set(struct, base, value);
    }

    /** Sets {@code len}. */
    public static void len(MemorySegment struct, long base, int value) {
        LEN.set(struct, base, value);
    }

    /** Sets {@code msg_flags}. */
    public static void msgFlags(MemorySegment struct, long base, int value) {
        MSG_FLAGS.set(struct, base, value);
    }

    /** Sets {@code user_data}. */
    public static void userData(MemorySegment struct, long base, long value) {
        USER_DATA.set(struct, base, value);
    }

    /** Sets {@code buf_group}. */
    public static void bufGroup(MemorySegment struct, long base, int value) {
        BUF_GROUP.set(struct, base, (short) value);
    }

    /** Sets {@code personality}. */
    public static void personality(MemorySegment struct, long base, int value) {
        PERSONALITY.set(struct, base, (short) value);
    }

    /** Sets {@code addr_len}. */
    public static void addrLen(MemorySegment struct, long base, int value) {
        ADDR_LEN.set(struct, base, (short) value);
    }

    /** Sets {@code addr3}. */
    public static void addr3(MemorySegment struct, long base, long value) {
        ADDR3.set(struct, base, value);
    }
}
