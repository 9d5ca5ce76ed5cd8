// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.testkit.ManualLoop;
import dev.ringport.testkit.Waiting;
import io.netty.channel.IoHandler;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** A loop that waits in the kernel ends its wait for whoever wants it, and for nothing else. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class WakeUpContract extends DatagramContract {
    private final int wakeUps;

    protected WakeUpContract(DatagramTransport<?, ?> transport) {
        super(transport);
        wakeUps = transport.rounds(10_000) / WAKERS * WAKERS;
    }

    /** Only a lost wake-up lets a wait last that long. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int WAKERS = 4;

    private static int runUntilWoken(ManualIoEventLoop loop) {
        long start = System.nanoTime();
        int ran = loop.run(WAIT_NANOS);
        assertThat(System.nanoTime() - start).as("time in one run").isLessThan(WAIT_NANOS);
        return ran;
    }

    @Test
    protected void aWakeUpBeforeTheFirstRunIsKept() {
        try (ManualLoop<?, ?> manual = newLoop()) {
            manual.loop().wakeup();
            manual.handler().wakeup();
            Thread other = Thread.ofPlatform().start(() -> manual.loop().wakeup());
            Waiting.until("the other thread has woken the loop", () -> !other.isAlive());
            assertThat(runUntilWoken(manual.loop())).isZero();
        }
    }

    @Test
    protected void aWakeUpBetweenTwoRunsIsKeptForTheNext() throws Exception {
        try (ManualLoop<?, ?> manual = newLoop()) {
            for (int i = 0; i < 100; i++) {
                manual.turns(1);
                Thread other = Thread.ofPlatform().start(() -> manual.loop().wakeup());
                other.join();
                assertThat(runUntilWoken(manual.loop())).isZero();
            }
        }
    }

    @Test
    protected void withoutAWakeUpARunLastsAsLongAsItIsTold() {
        try (ManualLoop<?, ?> manual = newLoop()) {
            manual.turns(2);
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                assertThat(manual.loop().run(TimeUnit.MILLISECONDS.toNanos(20))).isZero();
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(19));
            }
        }
    }

    @Test
    protected void aWakeUpFromTheLoopsOwnThreadIsNotNeededAndChangesNothing() {
        try (ManualLoop<?, ?> manual = newLoop()) {
            manual.turns(2);
            manual.handler().wakeup();
            long start = System.nanoTime();
            manual.loop().run(TimeUnit.MILLISECONDS.toNanos(20));
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(19));
        }
    }

    @Test
    protected void scheduledTasksRunOnTimeThoughTheLoopBlocks() {
        try (ManualLoop<?, ?> manual = newLoop()) {
            for (int millis : new int[]{1, 7, 40, 120}) {
                long start = System.nanoTime();
                AtomicLong ran = new AtomicLong();
                Future<?> scheduled = manual.loop()
                        .schedule(() -> ran.set(System.nanoTime() - start), millis, TimeUnit.MILLISECONDS);
                int runs = 0;
                while (!scheduled.isDone()) {
                    runUntilWoken(manual.loop());
                    runs++;
                }
                assertThat(ran.get()).isBetween(
                        TimeUnit.MILLISECONDS.toNanos(millis), TimeUnit.MILLISECONDS.toNanos(millis) + WAIT_NANOS / 2);
                assertThat(runs).as("turns until the task was due").isLessThanOrEqualTo(5);
            }
        }
    }

    @Test
    protected void wakeUpsOfFourThreadsAreNotLost() {
        try (ManualLoop<?, ?> manual = newLoop()) {
            ManualIoEventLoop loop = manual.loop();
            AtomicInteger requested = new AtomicInteger();
            AtomicInteger seen = new AtomicInteger();
            List<CompletableFuture<Void>> wakers = new ArrayList<>();
            for (int i = 0; i < WAKERS; i++) {
                wakers.add(CompletableFuture.runAsync(() -> {
                    for (int k = 0; k < wakeUps / WAKERS; k++) {
                        int mine = requested.incrementAndGet();
                        loop.wakeup();
                        Waiting.until("the loop has run", () -> seen.get() >= mine);
                        if (k % 3 == 0) {
                            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(30_000));
                        }
                    }
                }, task -> Thread.ofPlatform().daemon().start(task)));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(wakers.toArray(CompletableFuture[]::new));
            AtomicBoolean finished = new AtomicBoolean();
            CompletableFuture<Void> last = all.whenComplete((nothing, failure) -> {
                finished.set(true);
                loop.wakeup();
            });
            while (!finished.get()) {
                runUntilWoken(loop);
                seen.set(requested.get());
            }
            last.join();
            assertThat(requested).hasValue(wakeUps);
        }
    }

    @Test
    protected void tasksOfFourThreadsAllRunAtOnce() {
        try (MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.newHandlerFactory())) {
            List<CompletableFuture<Void>> submitters = new ArrayList<>();
            CyclicBarrier together = new CyclicBarrier(WAKERS);
            for (int i = 0; i < WAKERS; i++) {
                submitters.add(CompletableFuture.runAsync(() -> {
                    for (int k = 0; k < wakeUps / WAKERS; k++) {
                        AtomicInteger ran = new AtomicInteger();
                        group.execute(ran::incrementAndGet);
                        // The loop ticks each second: a lost wake-up would cost about as much each time.
                        Waiting.until("the task has run", () -> ran.get() == 1);
                        if (k % 100 == 0) {
                            await(together);
                        }
                    }
                }, task -> Thread.ofPlatform().daemon().start(task)));
            }
            long start = System.nanoTime();
            CompletableFuture.allOf(submitters.toArray(CompletableFuture[]::new)).join();
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(60));
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    protected void wakeUpsWhileLoopsEndAndAfterwardsAreHarmless() {
        List<IoHandler> ended = new ArrayList<>();
        AtomicInteger failures = new AtomicInteger();
        for (int round = 0; round < 50; round++) {
            ManualLoop<?, ?> manual = newLoop();
            AtomicInteger stop = new AtomicInteger();
            Thread[] wakers = new Thread[WAKERS];
            IoHandler handler = manual.handler();
            for (int i = 0; i < WAKERS; i++) {
                wakers[i] = Thread.ofPlatform().daemon().unstarted(() -> {
                    while (stop.get() == 0) {
                        handler.wakeup();
                    }
                });
                wakers[i].setUncaughtExceptionHandler((thread, failure) -> failures.incrementAndGet());
                wakers[i].start();
            }
            for (int i = 0; i < 20; i++) {
                manual.loop().run(TimeUnit.SECONDS.toNanos(5));
            }
            manual.close();
            ended.add(handler);
            stop.set(1);
            for (Thread waker : wakers) {
                Waiting.until("the waker has ended", () -> !waker.isAlive());
            }
        }
        Thread other = Thread.ofPlatform().start(() -> ended.forEach(IoHandler::wakeup));
        Waiting.until("the last waker has ended", () -> !other.isAlive());
        assertThat(failures).hasValue(0);
    }
}
