// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.KernelTimespec;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.uring.abi.IoCqringOffsets;
import dev.ringport.uring.abi.IoSqringOffsets;
import dev.ringport.uring.abi.IoUringBuf;
import dev.ringport.uring.abi.IoUringCalls;
import dev.ringport.uring.abi.IoUringCqe;
import dev.ringport.uring.abi.IoUringGeteventsArg;
import dev.ringport.uring.abi.IoUringParams;
import dev.ringport.uring.abi.IoUringRsrcUpdate;
import dev.ringport.uring.abi.IoUringSqe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

import static dev.ringport.uring.abi.IoUringConstants.IORING_ENTER_EXT_ARG;
import static dev.ringport.uring.abi.IoUringConstants.IORING_ENTER_GETEVENTS;
import static dev.ringport.uring.abi.IoUringConstants.IORING_ENTER_NO_IOWAIT;
import static dev.ringport.uring.abi.IoUringConstants.IORING_ENTER_REGISTERED_RING;
import static dev.ringport.uring.abi.IoUringConstants.IORING_FEAT_EXT_ARG;
import static dev.ringport.uring.abi.IoUringConstants.IORING_FEAT_NODROP;
import static dev.ringport.uring.abi.IoUringConstants.IORING_FEAT_NO_IOWAIT;
import static dev.ringport.uring.abi.IoUringConstants.IORING_FEAT_SINGLE_MMAP;
import static dev.ringport.uring.abi.IoUringConstants.IORING_OFF_SQES;
import static dev.ringport.uring.abi.IoUringConstants.IORING_OFF_SQ_RING;
import static dev.ringport.uring.abi.IoUringConstants.IORING_REGISTER_ENABLE_RINGS;
import static dev.ringport.uring.abi.IoUringConstants.IORING_REGISTER_RING_FDS;
import static dev.ringport.uring.abi.IoUringConstants.IORING_SETUP_CQSIZE;
import static dev.ringport.uring.abi.IoUringConstants.IORING_SETUP_DEFER_TASKRUN;
import static dev.ringport.uring.abi.IoUringConstants.IORING_SETUP_NO_SQARRAY;
import static dev.ringport.uring.abi.IoUringConstants.IORING_SETUP_R_DISABLED;
import static dev.ringport.uring.abi.IoUringConstants.IORING_SETUP_SINGLE_ISSUER;
import static dev.ringport.uring.abi.IoUringConstants.IORING_SETUP_SUBMIT_ALL;
import static dev.ringport.uring.abi.IoUringConstants.IORING_SETUP_TASKRUN_FLAG;
import static dev.ringport.uring.abi.IoUringConstants.IORING_SQ_CQ_OVERFLOW;
import static dev.ringport.uring.abi.IoUringConstants.IORING_SQ_TASKRUN;
import static dev.ringport.uring.abi.IoUringConstants.IORING_UNREGISTER_RING_FDS;

/**
 * One io_uring: its descriptor, its mappings and its two queues. It is set up disabled by any thread; the thread that
 * calls {@link #enable()} is the only one to use it from then on. Needs Linux 6.1.
 */
public final class Ring implements AutoCloseable {
    /** A test's chance to alter entries before the kernel sees them. */
    @FunctionalInterface
    public interface SubmissionFilter {
        /** One entry at {@code base} of {@code sqes}. */
        void beforeSubmit(MemorySegment sqes, long base);
    }

    /** A test's chance to refuse an enter. */
    @FunctionalInterface
    public interface EnterFilter {
        /**
         * Sees the arguments of {@code io_uring_enter(2)}.
         *
         * @return {@code -errno} to refuse the call without making it, or 0
         */
        int beforeEnter(int toSubmit, int minComplete, int flags);
    }

    /** A buffer ring that nobody uses: its locked memory is held for one of the same size. */
    private record Held(int count, int group) {}

    private static final int SETUP_FLAGS = IORING_SETUP_CQSIZE | IORING_SETUP_R_DISABLED | IORING_SETUP_SUBMIT_ALL
            | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG;
    /** Of 16 bits. */
    private static final int LAST_GROUP = 0xffff;
    private static final int FEATURES = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG;
    private static final long SQ_OFFSETS = IoUringParams.LAYOUT.byteOffset(PathElement.groupElement("sq_off"));
    private static final long CQ_OFFSETS = IoUringParams.LAYOUT.byteOffset(PathElement.groupElement("cq_off"));

    private final int fd;
    private final int features;
    private final int waitFlags;
    private final boolean noSqarray;
    private final MemorySegment queues;
    private final MemorySegment sqes;
    private final SubmissionQueue submissions;
    private final CompletionQueue completions;
    private final MemorySegment capture;
    private final MemorySegment timespec;
    private final MemorySegment eventsArg;
    private final MemorySegment registration;
    private int enterFd;
    private int enterFlags;
    private long enters;
    private long overflows;
    private final List<BufferRing> bufferRings = new ArrayList<>(1);
    private @Nullable SubmissionFilter filter;
    private @Nullable EnterFilter enterFilter;
    private final List<Held> held = new ArrayList<>();

    /**
     * Sets up a ring.
     *
     * @param sqEntries entries of the submission queue, a power of two
     * @param cqEntries entries of the completion queue, a power of two, at least as many
     * @param arena where the memory of the ring's own calls lies; it outlives the ring
     * @throws RingSetupException if the kernel refuses, with its error number
     */
    public Ring(int sqEntries, int cqEntries, Arena arena) throws RingSetupException {
        capture = arena.allocate(NativeCalls.CAPTURE);
        timespec = arena.allocate(KernelTimespec.LAYOUT);
        eventsArg = arena.allocate(IoUringGeteventsArg.LAYOUT);
        registration = arena.allocate(IoUringRsrcUpdate.LAYOUT);
        IoUringGeteventsArg.ts(eventsArg, 0, timespec.address());
        // Before it is enabled the constructing thread makes the calls, which need not be the loop's.
        MemorySegment setupCapture = NativeCalls.threadCapture();
        MemorySegment params = arena.allocate(IoUringParams.LAYOUT);
        int result = setup(setupCapture, params, sqEntries, cqEntries, SETUP_FLAGS | IORING_SETUP_NO_SQARRAY);
        noSqarray = result >= 0;
        if (result == -Errno.EINVAL) {
            result = setup(setupCapture, params, sqEntries, cqEntries, SETUP_FLAGS);
        }
        if (result < 0) {
            throw new RingSetupException("io_uring_setup", -result);
        }
        fd = result;
        enterFd = fd;
        features = IoUringParams.features(params, 0);
        waitFlags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG
                | ((features & IORING_FEAT_NO_IOWAIT) != 0 ? IORING_ENTER_NO_IOWAIT : 0);
        try {
            if ((features & FEATURES) != FEATURES) {
                throw RingSetupException.lacking(
                        "the kernel's io_uring lacks features: 0x" + Integer.toHexString(FEATURES & ~features));
            }
            int sqSize = IoUringParams.sqEntries(params, 0);
            int cqSize = IoUringParams.cqEntries(params, 0);
            long queueBytes = Math.max(
                    IoSqringOffsets.array(params, SQ_OFFSETS) + (noSqarray ? 0 : (long) sqSize * Integer.BYTES),
                    IoCqringOffsets.cqes(params, CQ_OFFSETS) + cqSize * IoUringCqe.BYTES);
            queues = map(setupCapture, queueBytes, IORING_OFF_SQ_RING);
            sqes = mapSqes(setupCapture, sqSize * IoUringSqe.BYTES);
            submissions = new SubmissionQueue(
                    queues,
                    sqes,
                    IoSqringOffsets.head(params, SQ_OFFSETS),
                    IoSqringOffsets.tail(params, SQ_OFFSETS),
                    IoSqringOffsets.flags(params, SQ_OFFSETS),
                    sqSize);
            completions = new CompletionQueue(
                    queues,
                    IoCqringOffsets.head(params, CQ_OFFSETS),
                    IoCqringOffsets.tail(params, CQ_OFFSETS),
                    IoCqringOffsets.cqes(params, CQ_OFFSETS),
                    cqSize);
            if (!noSqarray) {
                long array = IoSqringOffsets.array(params, SQ_OFFSETS);
                for (int i = 0; i < sqSize; i++) {
                    queues.set(ValueLayout.JAVA_INT, array + (long) i * Integer.BYTES, i);
                }
            }
        } catch (Throwable failed) {
            Linux.close(setupCapture, fd);
            LockedMemory.ringClosed();
            throw failed;
        }
    }

    private static int setup(MemorySegment capture, MemorySegment params, int sqEntries, int cqEntries, int flags) {
        params.fill((byte) 0);
        IoUringParams.cqEntries(params, 0, cqEntries);
        IoUringParams.flags(params, 0, flags);
        return LockedMemory.untilTakenApart(() -> IoUringCalls.ioUringSetup(capture, sqEntries, params));
    }

    private MemorySegment mapSqes(MemorySegment setupCapture, long bytes) throws RingSetupException {
        try {
            return map(setupCapture, bytes, IORING_OFF_SQES);
        } catch (RingSetupException failed) {
            Linux.munmap(setupCapture, queues.address(), queues.byteSize());
            throw failed;
        }
    }

    private MemorySegment map(MemorySegment setupCapture, long bytes, long offset) throws RingSetupException {
        long address = Linux.mmap(
                setupCapture,
                bytes,
                SocketConstants.PROT_READ | SocketConstants.PROT_WRITE,
                SocketConstants.MAP_SHARED | SocketConstants.MAP_POPULATE,
                fd,
                offset);
        if (address < 0) {
            throw new RingSetupException("mmap of a ring", (int) -address);
        }
        return NativeMemory.at(address, bytes);
    }

    /** Enables the ring; the calling thread is its issuer from now on. */
    public void enable() throws RingSetupException {
        int result = IoUringCalls.ioUringRegister(capture, fd, IORING_REGISTER_ENABLE_RINGS, 0, 0);
        if (result < 0) {
            throw new RingSetupException("io_uring_register(ENABLE_RINGS)", -result);
        }
        // With its descriptor registered, an enter need not look it up and count references. Optional: 16 a thread.
        IoUringRsrcUpdate.offset(registration, 0, -1);
        IoUringRsrcUpdate.data(registration, 0, fd);
        if (IoUringCalls.ioUringRegister(capture, fd, IORING_REGISTER_RING_FDS, registration.address(), 1) == 1) {
            enterFd = IoUringRsrcUpdate.offset(registration, 0);
            enterFlags = IORING_ENTER_REGISTERED_RING;
        }
    }

    /** The submission queue. */
    public SubmissionQueue submissions() {
        return submissions;
    }

    /** The completion queue. */
    public CompletionQueue completions() {
        return completions;
    }

    /**
     * Submits what is prepared, without waiting.
     *
     * @param makeCompletions also let the kernel run deferred work, so that completions appear
     * @return {@code -errno} if the kernel refused; what it did not take stays in the queue
     */
    public int submit(boolean makeCompletions) {
        return enter(0, makeCompletions ? IORING_ENTER_GETEVENTS : 0, 0, 0);
    }

    /**
     * Submits what is prepared and waits for a completion.
     *
     * @param nanos how long at most; {@code Long.MAX_VALUE} without end
     */
    public int submitAndWait(long nanos) {
        if (nanos == Long.MAX_VALUE) {
            IoUringGeteventsArg.ts(eventsArg, 0, 0);
        } else {
            IoUringGeteventsArg.ts(eventsArg, 0, timespec.address());
            KernelTimespec.tvSec(timespec, 0, nanos / TimeUnit.SECONDS.toNanos(1));
            KernelTimespec.tvNsec(timespec, 0, nanos % TimeUnit.SECONDS.toNanos(1));
        }
        return enter(1, waitFlags, eventsArg.address(), IoUringGeteventsArg.BYTES);
    }

    /** What is given back to this ring of buffers is the kernel's with the next enter. */
    void publishAtEnter(BufferRing buffers) {
        bufferRings.add(buffers);
    }

    void publishNoMore(BufferRing buffers) {
        bufferRings.remove(buffers);
    }

    private int enter(int minComplete, int flags, long arg, long argBytes) {
        completions.release();
        for (int i = 0; i < bufferRings.size(); i++) {
            bufferRings.get(i).publish();
        }
        int count = submissions.publish();
        if (filter != null) {
            for (int distance = count; distance > 0; distance--) {
                filter.beforeSubmit(submissions.sqes(), submissions.offsetFromTail(distance));
            }
        }
        enters++;
        if (enterFilter != null) {
            int refusal = enterFilter.beforeEnter(count, minComplete, enterFlags | flags);
            if (refusal < 0) {
                return refusal;
            }
        }
        return IoUringCalls.ioUringEnter(capture, enterFd, count, minComplete, enterFlags | flags, arg, argBytes);
    }

    /** Whether an enter would bring completions that are not in the queue yet; counts overflows. */
    public boolean hasHiddenCompletions() {
        int flags = submissions.flags();
        if ((flags & IORING_SQ_CQ_OVERFLOW) != 0) {
            overflows++;
        }
        return (flags & (IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN)) != 0;
    }

    /** {@code io_uring_register(2)} on this ring: by the ring's thread, or by any before it is enabled. */
    public int register(int opcode, long argument, int count) {
        return IoUringCalls.ioUringRegister(NativeCalls.threadCapture(), fd, opcode, argument, count);
    }

    /**
     * Holds locked memory for a buffer ring that is made later, so that no other ring takes it meanwhile.
     *
     * @param count entries of that buffer ring
     */
    void hold(int count, Arena arena) throws RingSetupException {
        int heldGroup = LAST_GROUP - held.size();
        int result = BufferRing.register(
                this, heldGroup, count, arena.allocate(count * IoUringBuf.BYTES, BufferRing.ALIGNMENT));
        if (result < 0) {
            throw new RingSetupException("io_uring_register(PBUF_RING)", -result);
        }
        held.add(new Held(count, heldGroup));
    }

    /** Gives up what is held for a buffer ring of this size, for the one that is being made. */
    void release(int count) {
        for (int i = 0; i < held.size(); i++) {
            if (held.get(i).count() == count) {
                BufferRing.unregister(this, held.remove(i).group());
                return;
            }
        }
    }

    /** The capture segment of the ring's thread. */
    public MemorySegment capture() {
        return capture;
    }

    /** How many times the ring was entered. */
    public long enters() {
        return enters;
    }

    /** How many turns saw completions that did not fit into the queue. */
    public long overflows() {
        return overflows;
    }

    /** The optional flags this ring got, for a report. */
    public String describe() {
        return submissions.entries() + "/" + completions.entries() + " entries, SINGLE_ISSUER DEFER_TASKRUN SUBMIT_ALL"
                + (noSqarray ? " NO_SQARRAY" : "")
                + ((waitFlags & IORING_ENTER_NO_IOWAIT) != 0 ? " NO_IOWAIT" : "")
                + (enterFlags != 0 ? " registered ring" : "") + ", features 0x" + Integer.toHexString(features);
    }

    /** For tests. */
    public void filterSubmissions(@Nullable SubmissionFilter with) {
        filter = with;
    }

    /** For tests. */
    public void filterEnters(@Nullable EnterFilter with) {
        enterFilter = with;
    }

    /** The thread's registered descriptor keeps the ring alive, whatever is closed. */
    private void unregisterDescriptor() {
        if (enterFlags != 0) {
            IoUringRsrcUpdate.offset(registration, 0, enterFd);
            IoUringRsrcUpdate.data(registration, 0, 0);
            IoUringCalls.ioUringRegister(capture, fd, IORING_UNREGISTER_RING_FDS, registration.address(), 1);
            enterFd = fd;
            enterFlags = 0;
        }
    }

    /** Closes the descriptor and leaves the mappings where they are. On the ring's thread, if it was enabled. */
    public void closeDescriptor() {
        unregisterDescriptor();
        Linux.close(NativeCalls.threadCapture(), fd);
    }

    /** Closes the ring. Only with nothing in flight: a kernel that is still at work would write to freed memory. */
    @Override
    public void close() {
        unregisterDescriptor();
        MemorySegment thread = NativeCalls.threadCapture();
        Linux.munmap(thread, sqes.address(), sqes.byteSize());
        Linux.munmap(thread, queues.address(), queues.byteSize());
        Linux.close(thread, fd);
        LockedMemory.ringClosed();
    }
}
