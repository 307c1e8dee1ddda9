package figure

// Page says how large a picture is, and in which of the Formats.
type Page struct {
	Format        string
	Width, Height float64 // in centimetres
	Dots          int     // of PNG, in an inch
}

// Formats are those of files, by the ending of their names.
var Formats = []string{"svg", "png", "pdf"}

// Picture is what is drawn as one: rows of the same number of figures, of which nil is
// an empty place.
type Picture struct {
	Page   Page
	Panels [][]*Figure
}
