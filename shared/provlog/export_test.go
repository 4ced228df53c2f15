package provlog

// Reading returns the log with pages that end after n entries that were read.
func (l Log) Reading(n int) Log {
	l.maxRead = n
	return l
}
