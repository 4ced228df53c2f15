package eventbus

// OpenLimited is Open with another limit of an attempt.
var OpenLimited = open
