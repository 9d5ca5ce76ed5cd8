// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks.jmh;

import dev.ringport.net.AddressFamilies;
import dev.ringport.net.Peer;
import dev.ringport.net.PeerTable;
import dev.ringport.net.SocketAddressCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The address of a datagram: looked up among a number of peers that take turns. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // By the set-up.
public class PeerBenchmark {
    /** How many peers there are. */
    @Param({"1", "1024", "10000"})
    public int peers;

    private SocketAddressCodec codec;
    private PeerTable<Peer> cache;
    private MemorySegment encoded;
    private InetSocketAddress[] addresses;
    private int next;

    /** Makes the addresses: as many hosts, at four ports. */
    @Setup
    public void makePeers() throws UnknownHostException {
        codec = new SocketAddressCodec(new AddressFamilies(2, 10));
        cache = new PeerTable<>(codec, false, Peer::new);
        encoded = Arena.ofAuto().allocate((long) peers * SocketAddressCodec.ROOM, Long.BYTES);
        addresses = new InetSocketAddress[peers];
        for (int i = 0; i < peers; i++) {
            byte[] host = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
            addresses[i] = new InetSocketAddress(InetAddress.getByAddress(host), 40_000 + i % 4);
            codec.write(encoded, offset(i), addresses[i].getAddress(), addresses[i].getPort(), false);
        }
    }

    private static long offset(int peer) {
        return (long) peer * SocketAddressCodec.ROOM;
    }

    private int turn() {
        next = next + 1 == peers ? 0 : next + 1;
        return next;
    }

    /** The peer that the kernel says a datagram came from. */
    @Benchmark
    public @Nullable Object received() {
        return cache.received(encoded, offset(turn()), SocketAddressCodec.INET_BYTES);
    }

    /** The peer that a user sends to. */
    @Benchmark
    public @Nullable Object recipient() {
        return cache.recipient(addresses[turn()]);
    }

    /** Without a cache: an address object of what the kernel wrote. */
    @Benchmark
    public @Nullable Object read() {
        return codec.read(encoded, offset(turn()), SocketAddressCodec.INET_BYTES);
    }

    /** Without a cache: an address object written as the kernel reads it. */
    @Benchmark
    public int write() {
        int peer = turn();
        InetSocketAddress address = addresses[peer];
        return codec.write(encoded, offset(peer), address.getAddress(), address.getPort(), false);
    }
}
