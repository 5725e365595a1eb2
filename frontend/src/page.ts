/** The page's only script. */

import "./elements/building-page";
