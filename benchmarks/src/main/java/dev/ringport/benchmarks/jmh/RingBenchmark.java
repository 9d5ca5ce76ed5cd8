// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks.jmh;

import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.ControlMessageWriter;
import dev.ringport.uring.ring.Ring;
import dev.ringport.uring.ring.RingSetupException;
import dev.ringport.uring.ring.SubmissionQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the kernel is given and what it gives: an entry of the submission queue, and control data. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // By the set-up.
public class RingBenchmark {
    private static final int SOL_UDP = 17;
    private static final int UDP_GRO = 104;
    private static final int SEGMENT_BYTES = 1200;

    private final ControlMessageReader reader = new ControlMessageReader();
    private Arena arena;
    private Ring ring;
    private SubmissionQueue submissions;
    private MemorySegment memory;
    private MemorySegment control;
    private int controlBytes;
    private long token;

    /** Makes a ring that nothing is submitted to. */
    @Setup
    public void open() throws RingSetupException {
        arena = Arena.ofConfined();
        ring = new Ring(256, 1024, arena);
        submissions = ring.submissions();
        memory = arena.allocate(2048, 64);
        control = arena.allocate(256, 8);
        controlBytes = ControlMessageWriter.putInt(control, 0, SOL_UDP, UDP_GRO, SEGMENT_BYTES);
    }

    /** Closes it. */
    @TearDown
    public void close() {
        ring.close();
        arena.close();
    }

    /** One entry that sends a datagram with an address. The kernel never sees it, so the queue is never full. */
    @Benchmark
    public void prepareSend() {
        submissions.prepareSend(3, memory.address(), 64, 0, memory.address() + 1024, 16, token++);
    }

    /** The segment size of a received train. */
    @Benchmark
    public int controlMessage() {
        reader.reset(control, 0, controlBytes);
        int segment = 0;
        while (reader.next()) {
            if (reader.level() == SOL_UDP && reader.type() == UDP_GRO) {
                segment = reader.intData();
            }
        }
        return segment;
    }
}
