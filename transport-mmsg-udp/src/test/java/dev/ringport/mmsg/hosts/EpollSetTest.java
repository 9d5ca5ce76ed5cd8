// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.mmsg.abi.EpollConstants;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EpollSetTest {
    private final List<Integer> descriptors = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    @AfterEach
    void closeDescriptors() {
        descriptors.forEach(fd -> Linux.close(NativeCalls.threadCapture(), fd));
    }

    private Watch watch(String name, int initial, Runnable action) {
        int fd = Linux.eventfd(NativeCalls.threadCapture(), initial, SocketConstants.EFD_CLOEXEC);
        descriptors.add(fd);
        return new Watch(fd) {
            @Override
            protected void ready(int readyFor) {
                told.add(name);
                action.run();
            }
        };
    }

    /** With nothing ready a wait lasts at least as long as it was asked for, also for less than a millisecond. */
    @ParameterizedTest
    @CsvSource({"false, 300000", "true, 300000", "true, 2000000", "true, 2500000"})
    void aWaitIsNotCutShort(boolean byTimer, long nanos) throws IOException {
        assumeTrue(byTimer || EpollSet.canWaitForNanos(), "this kernel waits for milliseconds");
        EpollSet set = new EpollSet(byTimer);
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            int ready = set.await(nanos);
            // The timer itself is told, as one that nobody waits for.
            assertThat(ready).isEqualTo(byTimer && nanos % 1_000_000 != 0 ? 1 : 0);
            set.dispatch(ready);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
        }
        set.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWaitEndsWithWhatBecomesReady(boolean byTimer) throws IOException {
        assumeTrue(byTimer || EpollSet.canWaitForNanos(), "this kernel waits for milliseconds");
        EpollSet set = new EpollSet(byTimer);
        assertThat(set.set(watch("it", 1, () -> {}), EpollConstants.EPOLLIN)).isZero();
        set.dispatch(set.await(TimeUnit.HOURS.toNanos(1) + 1));
        assertThat(told).containsExactly("it");
        set.close();
    }

    @Test
    void whatIsRemovedByAnotherIsNotToldAndItsSuccessorIsNotTakenForIt() throws IOException {
        EpollSet set = new EpollSet();
        Watch later = watch("later", 1, () -> {});
        Watch first = watch("first", 1, () -> {
            set.remove(later);
            // Takes its place in the set.
            assertThat(set.set(watch("next", 0, () -> {}), EpollConstants.EPOLLIN)).isZero();
        });
        set.set(first, EpollConstants.EPOLLIN);
        set.set(later, EpollConstants.EPOLLIN);
        int ready = set.poll();
        assertThat(ready).isEqualTo(2);
        set.dispatch(ready);
        assertThat(told).containsExactly("first");
        set.close();
    }

    @Test
    void aDescriptorThatCannotBeWatchedIsRefusedAndLeavesNothing() throws IOException {
        EpollSet set = new EpollSet();
        Watch none = new Watch(1_000_000) {
            @Override
            protected void ready(int readyFor) {}
        };
        assertThat(set.set(none, EpollConstants.EPOLLIN)).isEqualTo(-Errno.EBADF);
        assertThat(none.index()).isEqualTo(EpollSet.NOWHERE);
        set.close();
        set.close();
        assertThat(set.set(none, EpollConstants.EPOLLIN)).isEqualTo(-Errno.EBADF);
    }
}
