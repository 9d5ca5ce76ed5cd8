// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

/** Constants of {@code linux/io_uring.h}, under the header's names. */
public final class IoUringConstants {
    // io_uring_setup(2) flags

    /** The size of the completion queue is given. */
    public static final int IORING_SETUP_CQSIZE = 1 << 3;
    /** The ring starts disabled; nobody is its issuer until it is enabled. */
    public static final int IORING_SETUP_R_DISABLED = 1 << 6;
    /** A submission that fails does not end the batch. Linux 5.18. */
    public static final int IORING_SETUP_SUBMIT_ALL = 1 << 7;
    /** {@code IORING_SQ_TASKRUN} shows that an enter would bring completions. Linux 5.19. */
    public static final int IORING_SETUP_TASKRUN_FLAG = 1 << 9;
    /** Only one thread submits. Linux 6.0. */
    public static final int IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    /** Completions are made only in an enter with {@code IORING_ENTER_GETEVENTS}. Linux 6.1. */
    public static final int IORING_SETUP_DEFER_TASKRUN = 1 << 13;
    /** No indirection between the queue and its entries. Linux 6.6. */
    public static final int IORING_SETUP_NO_SQARRAY = 1 << 16;

    // io_uring_params.features

    /** Both queues lie in one mapping. Linux 5.4. */
    public static final int IORING_FEAT_SINGLE_MMAP = 1;
    /** Completions that find the queue full are kept. Linux 5.5. */
    public static final int IORING_FEAT_NODROP = 1 << 1;
    /** {@code IORING_ENTER_EXT_ARG}. Linux 5.11. */
    public static final int IORING_FEAT_EXT_ARG = 1 << 8;
    /** {@code IORING_ENTER_NO_IOWAIT}. Linux 6.15. */
    public static final int IORING_FEAT_NO_IOWAIT = 1 << 17;

    // mmap(2) offsets

    /** Offset of the queues. */
    public static final long IORING_OFF_SQ_RING = 0;
    /** Offset of the submission queue entries. */
    public static final long IORING_OFF_SQES = 0x10000000L;

    // io_uring_enter(2) flags

    /** Make completions and wait for the count given. */
    public static final int IORING_ENTER_GETEVENTS = 1;
    /** The last argument is a {@code struct io_uring_getevents_arg}. */
    public static final int IORING_ENTER_EXT_ARG = 1 << 3;
    /** The descriptor is an index of a registered ring. Linux 5.18. */
    public static final int IORING_ENTER_REGISTERED_RING = 1 << 4;
    /** A wait is not waiting for a disk: the thread is idle, not in iowait. Linux 6.15. */
    public static final int IORING_ENTER_NO_IOWAIT = 1 << 7;

    // Flags that the kernel sets in the submission queue's mapping

    /** Completions wait outside of the full completion queue. */
    public static final int IORING_SQ_CQ_OVERFLOW = 1 << 1;
    /** An enter would bring completions. */
    public static final int IORING_SQ_TASKRUN = 1 << 2;

    // io_uring_register(2) operations

    /** Enables a ring that was set up disabled; the caller becomes its issuer. */
    public static final int IORING_REGISTER_ENABLE_RINGS = 12;
    /** Registers the ring's own descriptor with the calling thread. */
    public static final int IORING_REGISTER_RING_FDS = 20;
    /** Gives that back. */
    public static final int IORING_UNREGISTER_RING_FDS = 21;
    /** Registers a provided-buffer ring. */
    public static final int IORING_REGISTER_PBUF_RING = 22;
    /** Gives that back. */
    public static final int IORING_UNREGISTER_PBUF_RING = 23;

    // Operations

    /** Does nothing. */
    public static final int IORING_OP_NOP = 0;
    /** {@code poll(2)} on one descriptor. */
    public static final int IORING_OP_POLL_ADD = 6;
    /** {@code sendmsg(2)}. */
    public static final int IORING_OP_SENDMSG = 9;
    /** {@code recvmsg(2)}. */
    public static final int IORING_OP_RECVMSG = 10;
    /** Cancels another operation. */
    public static final int IORING_OP_ASYNC_CANCEL = 14;
    /** {@code send(2)}; with an address {@code sendto(2)} since Linux 6.1. */
    public static final int IORING_OP_SEND = 26;

    // Flags of operations

    /** The kernel takes a buffer from the group given. */
    public static final int IOSQE_BUFFER_SELECT = 1 << 5;
    /** A receive that stays armed. Linux 6.0. */
    public static final int IORING_RECV_MULTISHOT = 1 << 1;
    /** A poll that stays armed. Linux 5.13. */
    public static final int IORING_POLL_ADD_MULTI = 1;

    // Flags of completions

    /** The upper 16 bits are the id of the buffer that was used. */
    public static final int IORING_CQE_F_BUFFER = 1;
    /** More completions of this operation will come. */
    public static final int IORING_CQE_F_MORE = 1 << 1;
    /** Where the buffer id starts in the flags. */
    public static final int IORING_CQE_BUFFER_SHIFT = 16;

    private IoUringConstants() {}
}
