package link

import "time"

// Invite returns a Join for one process of the job: its secret is that of this
// invitation alone, and it is good for one link of a dialler whose hello names
// the pid, within a time.
func (l *Listener) Invite(pid int, within time.Duration) Join {
	v := &l.invited
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	for number, i := range v.open { // what nobody came for
		if i.until.Before(now) {
			delete(v.open, number)
		}
	}
	v.last++
	j := l.join
	j.Secret, j.Invitation = nonce(), v.last
	if v.open == nil {
		v.open = map[uint64]*invitation{}
	}
	v.open[v.last] = &invitation{secret: j.Secret, pid: pid, until: now.Add(within)}
	return j
}

// secretOf returns the secret that a dialler with an invitation must prove, 0
// for the job's own. A number that means nothing has a secret that nobody
// knows, so that a stranger does not learn which numbers do.
func (l *Listener) secretOf(number uint64) []byte {
	if number == 0 && !l.invitedOnly {
		return l.join.Secret
	}
	l.invited.mu.Lock()
	defer l.invited.mu.Unlock()
	if i := l.invited.open[number]; i != nil && time.Now().Before(i.until) {
		return i.secret
	}
	return nonce()
}

// redeem uses an invitation up. The dialler has proved its secret.
func (l *Listener) redeem(number uint64, pid int) error {
	if number == 0 {
		return nil
	}
	l.invited.mu.Lock()
	defer l.invited.mu.Unlock()
	i := l.invited.open[number]
	if i == nil || i.pid != pid {
		return errUsed
	}
	delete(l.invited.open, number)
	return nil
}
